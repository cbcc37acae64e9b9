import { expect, test } from "vitest";
import { parseProfile, profileFinder } from "../src/index.ts";

const good = {
  name: "mine",
  title: "Mine",
  models: ["me/Mine-*"],
  format: "hermes",
  tools: { offered: true },
  reasoning: { mode: "switch", kwarg: "enable_thinking", values: [true, false], default: true },
  sampling: { temperature: 0.6 },
  sizes: [
    {
      model: "me/Mine-1B",
      parameters: 1,
      toolsSoftCap: 10,
      attention: { heads: 8, layers: [{ kind: "full", layers: 16, kvHeads: 8, headDim: 64 }] },
    },
  ],
  sources: ["its author"],
};

test("a profile of one's own is taken and found", () => {
  const profile = parseProfile(good);
  expect(profile).toEqual(good);
  const find = profileFinder([profile]);
  expect(find("mine-1b")?.size?.model).toBe("me/Mine-1B");
  expect(find("me/Mine-2B")).toMatchObject({ profile: { name: "mine" }, toolsSoftCap: 10 });
  expect(find("me/Mine-2B")?.size).toBeUndefined();
});

const size = good.sizes[0]!;
const layer = { kind: "full", layers: 16, kvHeads: 8, headDim: 64 };
const inSize = (change: object): object => ({ ...good, sizes: [{ ...size, ...change }] });
const inLayer = (change: object): object => inSize({ attention: { heads: 8, layers: [{ ...layer, ...change }] } });

test.each([
  ["sampling.temperatur", { ...good, sampling: { temperatur: 1 } }, "there is no such field"],
  ["sampling.temperature", { ...good, sampling: { temperature: 3 } }, "found 3, allowed: a number up to 2"],
  ["colour", { ...good, colour: "red" }, "there is no such field"],
  ["sizes", { ...good, sizes: [] }, "found an empty list, allowed: a list that is not empty"],
  ["sizes[0].parameters", inSize({ parameters: "8B" }), 'found "8B", allowed: number'],
  ["sizes[0].toolsSoftCap", inSize({ toolsSoftCap: undefined }), "found nothing, and it is required"],
  ["sizes[0].attention.layers[0].kvHeads", inLayer({ kvHeads: 0 }), "found 0, allowed: a number from 1"],
  ["sizes[0].attention.layers[0].kind", inLayer({ kind: "sparse" }), /^found "sparse", allowed: "full", "window"/],
  ["sizes[0].attention.layers[0].window", inLayer({ window: 5 }), "there is no such field"],
  ["name", { ...good, name: "My Model" }, /^found "My Model", allowed: a name of small letters/],
  ["format", { ...good, format: "klingon" }, 'found "klingon", allowed: the name of a registered format'],
  ["reasoning.kwarg", { ...good, reasoning: { mode: "switch", values: [1, 0] } }, /^found nothing, required/],
  ["reasoning.kwarg", { ...good, reasoning: { mode: "none", kwarg: "think" } }, "says nothing to the mode none"],
  ["reasoning.values", { ...good, reasoning: { mode: "switch", kwarg: "a", values: [1, 2, 3] } }, /^found 3 values/],
  ["reasoning.default", { ...good, reasoning: { ...good.reasoning, default: 5 } }, /^found 5, allowed/],
  ["", [good], "found a list, allowed: an object"],
  ["", null, /^found null/],
])("a mistake is told with its place: %s", (path, value, message) => {
  const told = (): unknown => parseProfile(value);
  expect(told).toThrow(expect.objectContaining({ name: "ProfileError", path }));
  const full = `${path === "" ? "the profile" : path}: `;
  try {
    told();
  } catch (error) {
    const said = (error as Error).message;
    expect(said.startsWith(full), said).toBe(true);
    if (typeof message === "string") expect(said.slice(full.length)).toBe(message);
    else expect(said.slice(full.length)).toMatch(message);
  }
});
