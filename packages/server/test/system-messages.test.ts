import { readCheckpoint, type Checkpoint } from "@glossa/chat";
import { describe, expect, test } from "vitest";
import { completionsEngine, demoEngine, openAIChatEngine, vllmEngine } from "@glossa/server";
import { checkpointPrompts } from "../src/engines/checkpoint-prompts.ts";
import type { ChatMessage } from "../src/engines/engine.ts";
import { laterSystemAsUser, oneSystemMessage, plainConversation } from "../src/engines/system-messages.ts";
import { startFakeVllm } from "./fake-vllm.ts";
import { startGateway, user } from "./gateway.ts";
import { rawAnswer, openEvents, startUpstream } from "./scripted-upstream.ts";

const system = (content: string): ChatMessage => ({ role: "system", content });
const developer = (content: string): ChatMessage => ({ role: "developer", content });
const assistant = (content: string): ChatMessage => ({ role: "assistant", content });

/** As agents send them: two words of the developer's at the start, two of the user's, and the system once more in between. */
const conversation = [
  developer("Be brief."),
  developer("Skills: none."),
  user("Here is /repo."),
  user("Look."),
  system("A tester is there."),
  assistant("I did."),
  user("And?"),
];

/** Templates of our own that do what those of models in use do. */
const turns = "{% for m in messages %}[{{ m.role }}] {{ m.content }}\n{% endfor %}";
const templates = {
  "shows all": turns,
  "refuses a second system message": `{% for m in messages %}{% if m.role == 'system' and not loop.first %}{{ raise_exception('System message must be at the beginning.') }}{% endif %}{% endfor %}${turns}`,
  "refuses who speaks twice": `{% for m in messages %}{% if not loop.first and m.role == messages[loop.index0 - 1].role %}{{ raise_exception('roles must alternate') }}{% endif %}{% endfor %}${turns}`,
  "leaves a second system message out": `{% for m in messages %}{% if loop.first or m.role != 'system' %}[{{ m.role }}] {{ m.content }}\n{% endif %}{% endfor %}`,
};

const checkpointOf = (template: string): Checkpoint => readCheckpoint({ "chat_template.jinja": template });

describe("a prompt shows all that was said", () => {
  const asItIs = `[system] Be brief.

Skills: none.
[user] Here is /repo.
[user] Look.
[system] A tester is there.
[assistant] I did.
[user] And?
`;
  const plainly = `[system] Be brief.

Skills: none.
[user] Here is /repo.

Look.

<system-reminder>
A tester is there.
</system-reminder>
[assistant] I did.
[user] And?
`;

  test.each(Object.entries(templates))("by a template that %s", async (name, template) => {
    const prompts: string[] = [];
    const upstream = await startUpstream((response, _request, { prompt }) => {
      prompts.push(prompt);
      openEvents(response);
      response.end('data: {"choices": [{"text": "Yes.", "finish_reason": "stop"}]}\n\ndata: [DONE]\n\n');
    });
    const checkpoint = checkpointOf(template);
    const gateway = await startGateway(completionsEngine({ url: upstream.url, checkpoint, format: "hermes" }));
    const answer = await gateway.post({ model: "raw", messages: conversation });
    expect(answer.status).toBe(200);
    expect(prompts.at(-1)).toBe(name === "shows all" ? asItIs : plainly);
  });

  test("and what a template refuses all the same is refused", () => {
    const prompts = checkpointPrompts(checkpointOf("{{ raise_exception('never') }}"), {});
    const turn = { model: undefined as never, messages: conversation, tools: [], templateVariables: {} };
    expect(() => prompts.render(turn)).toThrow("never");
  });

  test("by the demo model's", async () => {
    const engine = await demoEngine();
    const [model] = await engine.models();
    const ask = (messages: readonly ChatMessage[]): Promise<readonly number[]> =>
      engine.tokenizer!.promptTokens(
        { model: model!, messages, tools: [], templateVariables: {} },
        AbortSignal.timeout(5000),
      );
    const prompt = await engine.tokenizer!.decode(
      { model: model!, tokens: await ask(conversation) },
      AbortSignal.timeout(5000),
    );
    for (const words of ["Be brief.", "Skills: none.", "Here is /repo.", "A tester is there."])
      expect(prompt).toContain(words);
  });
});

test("engines that render by themselves are sent what every template shows of the system's words", async () => {
  const folded = [
    system("Be brief.\n\nSkills: none."),
    user("Here is /repo."),
    user("Look.\n\n<system-reminder>\nA tester is there.\n</system-reminder>"),
    assistant("I did."),
    user("And?"),
  ];
  const vllm = await startFakeVllm({ output: () => ({ pieces: ["Yes."] }) });
  const { post } = await startGateway(vllmEngine({ url: vllm.url }));
  await post({ messages: conversation });
  expect(vllm.requests.at(-1).messages).toEqual(folded);

  const upstream = await startUpstream((response) => {
    openEvents(response);
    response.end(rawAnswer("Yes."));
  });
  const other = await startGateway(openAIChatEngine({ url: upstream.url, format: "hermes" }));
  await other.post({ model: "raw", messages: conversation });
  expect(upstream.requests.at(-1).messages).toEqual(folded);
});

test("what needs no change is none", () => {
  const plain = [system("Be brief."), user("Look."), assistant("I did."), user("And?")];
  for (const change of [oneSystemMessage, laterSystemAsUser, plainConversation]) expect(change(plain)).toBe(plain);
  expect(laterSystemAsUser([user("a"), user("b")])).toEqual([user("a"), user("b")]);
});

test("parts stay parts, and a reminder is no reminder of a reminder", () => {
  const image = { type: "image_url", image_url: { url: "data:," } };
  const shown = plainConversation([
    { role: "user", content: [image] },
    system("<system-reminder>\nOnce.\n</system-reminder>"),
    { role: "system", content: [{ type: "text", text: "Twice." }] },
    user("Well?"),
  ]);
  expect(shown).toEqual([
    {
      role: "user",
      content: [
        image,
        { type: "text", text: "<system-reminder>\nOnce.\n</system-reminder>" },
        { type: "text", text: "<system-reminder>" },
        { type: "text", text: "Twice." },
        { type: "text", text: "</system-reminder>" },
        { type: "text", text: "Well?" },
      ],
    },
  ]);
});
