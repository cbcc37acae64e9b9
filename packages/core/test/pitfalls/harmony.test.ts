import { expect, test } from "vitest";
import { call, expectMessage, read, reasoning, text, time, weather } from "./expect-message.ts";

const tools = [weather, time];
const options = { tools, prompt: "<|start|>assistant" };
const paris = '{"city": "Paris"}';
const thought = "<|channel|>analysis<|message|>Hm.<|end|>";
const answer = "<|channel|>final<|message|>Hello.<|return|>";
const start = "<|start|>assistant";

test("B60: markers of the channel are no part of a tool's name", () => {
  for (const header of [
    " to=functions.get_weather<|channel|>commentary json<|message|>",
    " to=functions.get_weather<|channel|>commentary <|constrain|>json<|message|>",
    "<|channel|>commentary to=functions.get_weather<|channel|>commentary<|message|>",
    "<|channel|>commentary to=functions.get_weather<|constrain|>json<|message|>",
    "<|channel|>commentary to=functions.get_weather<|message|>",
    "<|channel|>analysis to=functions.get_weather code<|message|>",
  ])
    expectMessage("openai", `${header}${paris}<|call|>`, options, [call("get_weather", paris)]);
});

test.for([`<|channel|>comm${thought}${start}${answer}`, `${thought}${start}<|channel|>${start}${answer}`])(
  "B61: a header that is broken off is followed by the next one (%s)",
  (raw) => {
    expectMessage("openai", raw, options, [reasoning("Hm."), text("Hello.")], "any");
  },
);

test("B61: a message without its start is read", () => {
  expectMessage("openai", `${thought}${answer}`, options, [reasoning("Hm."), text("Hello.")], "any");
});

test("B61: a message without its end ends with the next header", () => {
  expectMessage(
    "openai",
    `<|channel|>analysis<|message|>Hm.${start}${answer}`,
    options,
    [reasoning("Hm."), text("Hello.")],
    "any",
  );
  expectMessage(
    "openai",
    `<|channel|>analysis<|message|>Hm.<|channel|>commentary to=functions.get_weather <|constrain|>json<|message|>${paris}<|call|>`,
    options,
    [reasoning("Hm."), call("get_weather", paris)],
    "any",
  );
});

test("P11: a finished answer shows no markup", () => {
  for (const end of ["<|return|>", "<|end|>", "", `<|end|>${start}${answer}`]) {
    const { message } = read("openai", [`${thought}${start}<|channel|>final<|message|>Hello.${end}`], options);
    for (const part of message.parts) expect(part).toMatchObject({ text: expect.not.stringContaining("<|") });
  }
});

test.for([`${start}`, `${start}<|channel|>`, `${start}<|channel|>fin`, `${start}<|channel|>final`])(
  "P11: an output that ends in a header shows no markup (%s)",
  (tail) => {
    expectMessage("openai", thought + tail, options, [reasoning("Hm.")], "any");
  },
);

test("P50: arguments that are no JSON are passed on as they came, and noted", () => {
  const raw = '<|channel|>commentary to=functions.get_weather <|constrain|>json<|message|>{"city": Paris}<|call|>';
  expectMessage(
    "openai",
    raw,
    options,
    [call("get_weather", '{"city": Paris}', { status: "malformed" })],
    ["malformed-call"],
  );
});

test("P50: arguments that do not even start as JSON, too", () => {
  const raw = "<|channel|>commentary to=functions.get_weather <|constrain|>json<|message|>city is Paris<|call|>";
  expectMessage(
    "openai",
    raw,
    options,
    [call("get_weather", "city is Paris", { status: "malformed" })],
    ["malformed-call"],
  );
});

test("P60: a channel of another name is shown", () => {
  expectMessage("openai", "<|channel|>finalx<|message|>Hello.<|return|>", options, [text("Hello.")], "any");
});

const brokenHeaders = ["<|channel|>final<|constrain|>", "<|channel|>final<|end|>", "<|channel|>final "] as const;

test.for(brokenHeaders)("P60: an answer whose header does not end is shown (%s)", (header) => {
  const { message } = read("openai", [`${header}Hello.<|return|>`], options);
  expect(message.parts).toMatchObject([{ type: "text", text: expect.stringContaining("Hello.") }]);
});

test.for(brokenHeaders)("B60: what ends the turn is no text, even behind a broken header (%s)", (header) => {
  const { message } = read("openai", [`${header}Hello.<|return|>`], options);
  expect(message.parts).toMatchObject([{ type: "text", text: expect.not.stringContaining("<|return|>") }]);
});

test("P61: an empty channel is shown", () => {
  expectMessage("openai", "<|channel|><|message|>Hello.<|return|>", options, [text("Hello.")], "any");
});

test.for([`<|channel|>comm<|return|>${start}`, `<|channel|>ana<|end|>${start}`, `<|channel|>ana<|channel|>`])(
  "P61: behind a header that an end marker breaks off the next message is what it says it is (%s)",
  (head) => {
    const second = head.endsWith("<|channel|>") ? "analysis<|message|>Hm.<|end|>" : thought;
    const { message } = read("openai", [`${head}${second}${start}${answer}`], options);
    expect(message.parts.filter((part) => part.type === "reasoning")).toEqual([{ type: "reasoning", text: "Hm." }]);
    expect(message.parts.at(-1)).toMatchObject({ type: "text", text: expect.stringMatching(/Hello\.$/) });
    expect(message.parts.at(-1)).not.toMatchObject({ text: expect.stringContaining("Hm.") });
  },
);
