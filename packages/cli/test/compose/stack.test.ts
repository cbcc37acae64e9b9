import { expect, test } from "vitest";
import { placed, refusal } from "./stacks.ts";

const qwen = { model: "Qwen/Qwen3-8B" };

test.each([
  [[], "null: found an array, expected an object with the fields name, gpus, ram, listen, profiles, models"],
  [null, /^null: found null, expected an object/],
  [{}, "models: found nothing, and it is required"],
  [{ models: [] }, "models: found an array, expected a list that is not empty"],
  [{ models: [qwen], gpu: 1 }, /^gpu: there is no such field; there are name, gpus, /],
  [{ models: [{ ...qwen, ctx: 1 }] }, /^models\[0\].ctx: there is no such field; there are model, aliases, engine, /],
  [{ gpus: [{ memory: 0 }], models: [qwen] }, "gpus[0].memory: found 0, expected a number above 0"],
  [{ gpus: [{ size: 80 }], models: [qwen] }, /^gpus\[0\].(?:memory|size): /],
  [{ gpus: [{ memory: 80, id: "zero" }], models: [qwen] }, /^gpus\[0\].id: found "zero", expected a card's number/],
  [{ gpus: [{ memory: 8, id: 1 }, { memory: 8 }], models: [qwen] }, 'gpus[1].id: found "1" a second time'],
  [{ models: [{ ...qwen, engine: "tgi" }] }, 'models[0].engine: found "tgi", expected "vllm", "sglang", "llamacpp"'],
  [{ models: [{ ...qwen, gpus: [3] }] }, 'models[0].gpus[0]: found "3", expected no gpus are given'],
  [{ models: [{ model: "$(reboot)" }] }, /^models\[0\].model: found .*, expected a model's name on the Hub/],
  [{ models: [qwen, qwen] }, 'models[1].model: found "Qwen/Qwen3-8B", which models[0].model is called already'],
  [
    {
      models: [
        { ...qwen, aliases: ["a"] },
        { model: "Qwen/Qwen3-4B", aliases: ["b", "a"] },
      ],
    },
    'models[1].aliases[1]: found "a", which models[0].aliases[0] is called already',
  ],
  [{ listen: "everywhere", models: [qwen] }, 'listen: found "everywhere", expected HOST:PORT'],
  [{ listen: "127.0.0.1:99999", models: [qwen] }, 'listen: found "127.0.0.1:99999", expected a port up to 65535'],
  [{ name: "My Stack", models: [qwen] }, /^name: found "My Stack", expected small letters/],
  [{ profiles: [{ name: "x" }], models: [qwen] }, "profiles[0]: title: found nothing, and it is required"],
])("a mistake is told with its place: %j", (value, message) => {
  const said = refusal(() => placed(value));
  if (typeof message === "string") expect(said).toBe(message);
  else expect(said).toMatch(message);
});

test("a profile of one's own comes before ours", () => {
  const profile = {
    name: "mine",
    title: "Mine",
    models: ["me/Mine-*"],
    tools: {},
    reasoning: { mode: "none" },
    sizes: [
      {
        model: "me/Mine-1B",
        parameters: 1,
        toolsSoftCap: 5,
        attention: { heads: 8, layers: [{ kind: "full", layers: 10, kvHeads: 8, headDim: 64 }] },
      },
    ],
    sources: ["me"],
  };
  const [place] = placed({ gpus: [{ memory: 8 }], profiles: [profile], models: [{ model: "me/Mine-1B" }] });
  expect(place).toMatchObject({ profile: { profile: { name: "mine" }, toolsSoftCap: 5 }, need: { weights: 2e9 } });
});
