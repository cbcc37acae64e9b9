import { test } from "vitest";
import { call, expectMessage, reasoning, string, text, tool, weather } from "./expect-message.ts";

const tools = [weather];
const paris = '{"city": "Paris"}';
const hermesCall = `<tool_call>\n{"name": "get_weather", "arguments": ${paris}}\n</tool_call>`;
const turn = "<|im_start|>assistant\n";
const opened = { tools, prompt: `${turn}<think>\n` };

test("B18: behind a pair that the prompt closed everything is the answer", () => {
  for (const prompt of [`${turn}<think>\n\n</think>\n\n`, `${turn}<think></think>`, "<think>\n\n</think>\n\n"])
    expectMessage("hermes", "Forty-two.", { tools, prompt }, [text("Forty-two.")]);
  expectMessage("glm45", "Forty-two.", { tools, prompt: "<|assistant|>\n<think></think>" }, [text("Forty-two.")]);
  expectMessage("deepseek_v31", "Forty-two.", { tools, prompt: "<｜Assistant｜></think>" }, [text("Forty-two.")]);
});

test("B29: thinking that goes on behind a tool's result is thinking", () => {
  const prompt =
    '<|turn>model\n<|tool_call>call:get_weather{city:<|"|>Paris<|"|>}<tool_call|>' +
    '<|tool_response>response:get_weather{sky:<|"|>clear<|"|>}<tool_response|>';
  expectMessage("gemma4", "<|channel>thought\nThe sky is clear.\n<channel|>It is sunny.", { tools, prompt }, [
    reasoning("The sky is clear."),
    text("It is sunny."),
  ]);
});

test("B30: the prompt says whether the output starts in a thought", () => {
  expectMessage("hermes", "I think.\n</think>\n\nSo it is.", opened, [reasoning("I think."), text("So it is.")]);
  expectMessage("deepseek_r1", "I think.\n</think>\n\nSo it is.", { tools, prompt: "<｜Assistant｜><think>\n" }, [
    reasoning("I think."),
    text("So it is."),
  ]);
  expectMessage(
    "kimi_k2",
    "I think.</think>So it is.",
    { tools, prompt: "<|im_assistant|>assistant<|im_middle|><think>" },
    [reasoning("I think."), text("So it is.")],
  );
  expectMessage("hermes", "So it is.", { tools, prompt: turn }, [text("So it is.")]);
});

test("B30: a model that writes the opener which the prompt wrote already thinks once", () => {
  expectMessage("hermes", "<think>\nI think.\n</think>\n\nSo it is.", { tools, prompt: turn }, [
    reasoning("I think."),
    text("So it is."),
  ]);
});

test("B31: a call inside a thought is made, and ends the thought", () => {
  expectMessage("hermes", `I will look.\n${hermesCall}\n</think>Done.`, opened, [
    reasoning("I will look."),
    call("get_weather", paris),
    text("Done."),
  ]);
  const kimi = `Look.<|tool_calls_section_begin|><|tool_call_begin|>functions.get_weather:0<|tool_call_argument_begin|>${paris}<|tool_call_end|><|tool_calls_section_end|>`;
  expectMessage("kimi_k2", kimi, { tools, prompt: "<think>" }, [reasoning("Look."), call("get_weather", paris)]);
  expectMessage("qwen3_coder", "Look.\n<tool_call>\n<function=get_weather>\n</function>\n</tool_call>", opened, [
    reasoning("Look."),
    call("get_weather", {}),
  ]);
});

test("B32: a closer and an opener in one piece are both seen", () => {
  expectMessage("hermes", `Fine.</think>${hermesCall}`, opened, [reasoning("Fine."), call("get_weather", paris)]);
  const glm = "Fine.</think><tool_call>get_weather<arg_key>city</arg_key><arg_value>Paris</arg_value></tool_call>";
  expectMessage("glm45", glm, { tools, prompt: "<|assistant|><think>" }, [
    reasoning("Fine."),
    call("get_weather", { city: "Paris" }),
  ]);
});

test("B33: a format without thoughts leaves such tags where they are", () => {
  const raw = "<think>so</think>Hello";
  for (const format of ["internlm", "mistral_json", "llama3_json", "functionary_v3_1"])
    expectMessage(format, raw, { tools }, [text(raw)]);
});

test("B34: thoughts of earlier turns and examples in the prompt say nothing of this one", () => {
  const history = `<|im_start|>system\nWrite <think>so</think> first.<|im_end|>\n${turn}<think>\nold\n</think>\n\nHi!<|im_end|>\n<|im_start|>user\nAnd?<|im_end|>\n`;
  expectMessage("hermes", "new\n</think>\n\nBye.", { tools, prompt: `${history}${turn}<think>\n` }, [
    reasoning("new"),
    text("Bye."),
  ]);
  expectMessage("hermes", "Bye.", { tools, prompt: `${history}${turn}` }, [text("Bye.")]);
  const unclosed = `<|im_start|>user\nWhat is <think>?<|im_end|>\n${turn}`;
  expectMessage("hermes", "A tag.", { tools, prompt: unclosed }, [text("A tag.")]);
  const harmony =
    "<|start|>assistant<|channel|>final<|message|>old<|return|><|start|>user<|message|>And?<|end|><|start|>assistant";
  expectMessage(
    "openai",
    "<|channel|>analysis<|message|>new<|end|><|start|>assistant<|channel|>final<|message|>Bye.<|return|>",
    {
      tools,
      prompt: harmony,
    },
    [reasoning("new"), text("Bye.")],
  );
});

test("B35: a thought that is cut off is a thought, and no answer", () => {
  expectMessage("hermes", "and then I", opened, [reasoning("and then I")], ["truncated-reasoning"]);
  expectMessage("hermes", "<think>\nand then I", { tools }, [reasoning("and then I")], ["truncated-reasoning"]);
  expectMessage(
    "gemma4",
    "<|channel>thought\nand then I",
    { tools },
    [reasoning("and then I")],
    ["truncated-reasoning"],
  );
});

test("B35: the end of the turn inside a thought is neither thought nor answer", () => {
  expectMessage("hermes", "and then<|im_end|>", opened, [reasoning("and then")], ["truncated-reasoning"]);
  expectMessage(
    "deepseek_v4",
    "and then<｜end▁of▁sentence｜>",
    { tools, prompt: "<｜Assistant｜><think>" },
    [reasoning("and then")],
    ["truncated-reasoning"],
  );
});

test("B35: a short answer behind a thought is the answer", () => {
  expectMessage("hermes", "hm\n</think>\n\n4", opened, [reasoning("hm"), text("4")]);
  expectMessage("hermes", "</think>4", opened, [text("4")]);
});

test("B38: replacement characters and surrogate pairs stay whole at the border", () => {
  expectMessage("hermes", "caf\uFFFD\n</think>\n\n\uFFFD yes", opened, [reasoning("caf\uFFFD"), text("\uFFFD yes")]);
  expectMessage("hermes", "🤔\n</think>\n\n🙂", opened, [reasoning("🤔"), text("🙂")]);
});

test.for([
  ["hermes", "I think.</think>It is.", `${turn}<think>`],
  ["deepseek_r1", "I think.</think>It is.", "<｜Assistant｜><think>\n"],
  ["glm45", "I think.</think>It is.", "<|assistant|><think>"],
  ["mistral", "[THINK]I think.[/THINK]It is.", ""],
  ["gemma4", "<|channel>thought\nI think.<channel|>It is.", ""],
  ["granite", "Here is my thought process: I think.Here is my response: It is.", ""],
  ["minicpm3", "<|thought_start|>I think.<|thought_end|>It is.", ""],
])("P1: the closer of a thought may come in any pieces (%s)", ([format, raw, prompt]) => {
  const space = format === "granite" ? " " : "";
  expectMessage(format!, raw!, { tools, prompt: prompt! }, [reasoning(`${space}I think.`), text(`${space}It is.`)]);
});

test("P2: words before a thought are text", () => {
  expectMessage("hermes", "Well: <think>\nhm\n</think>\n\nYes.", { tools }, [
    text("Well: "),
    reasoning("hm"),
    text("Yes."),
  ]);
});

test("P4: the first closer ends the thought, even a quoted one", () => {
  expectMessage("hermes", "It ends with `</think>` here.", opened, [reasoning("It ends with `"), text("` here.")]);
});

test("P6: inside a thought only what can end it counts", () => {
  expectMessage("hermes", "An <think> and a <tool_call> and a </tool_call>, no more.\n</think>\n\nOk.", opened, [
    reasoning("An <think> and a <tool_call> and a </tool_call>, no more."),
    text("Ok."),
  ]);
  expectMessage(
    "granite",
    "Here is my thought process: use <tool_call> or <|tool_call|>?\nHere is my response: Ok.",
    { tools },
    [reasoning(" use <tool_call> or <|tool_call|>?"), text(" Ok.")],
  );
});

test("P7: JSON behind a closed thought is the answer", () => {
  const json = '{"title": "Dune", "year": 1965}';
  expectMessage("hermes", json, { prompt: `${turn}<think>\n\n</think>\n\n` }, [text(json)]);
  expectMessage("gemma4", json, { prompt: "<|turn>model\n<|channel>thought\n<channel|>" }, [text(json)]);
});

test("P8: with thinking off a call is a call", () => {
  const raw = '<|tool_call>call:get_weather{city:<|"|>Paris<|"|>}<tool_call|>';
  for (const prompt of ["<|turn>model\n<|channel>thought\n<channel|>", "<|turn>model\n"])
    expectMessage("gemma4", raw, { tools, prompt }, [call("get_weather", { city: "Paris" })]);
});

test("P9: the opener of a call section ends a thought", () => {
  const section = `<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>get_weather<｜tool▁sep｜>${paris}<｜tool▁call▁end｜><｜tool▁calls▁end｜>`;
  expectMessage("deepseek_v31", `I look.${section}`, { tools, prompt: "<｜Assistant｜><think>" }, [
    reasoning("I look."),
    call("get_weather", paris),
  ]);
  const dsml =
    '<｜DSML｜function_calls>\n<｜DSML｜invoke name="get_weather">\n<｜DSML｜parameter name="city" string="true">Paris</｜DSML｜parameter>\n</｜DSML｜invoke>\n</｜DSML｜function_calls>';
  expectMessage("deepseek_v32", `I look.\n\n${dsml}`, { tools, prompt: "<｜Assistant｜><think>" }, [
    reasoning("I look."),
    call("get_weather", { city: "Paris" }),
  ]);
});

test("P10: an output that starts in a thought is read as the prompt says, and without one it says so", () => {
  const raw = "I think.</think>It is.";
  expectMessage("hermes", raw, opened, [reasoning("I think."), text("It is.")]);
  expectMessage("hermes", raw, {}, [text(raw)], ["stray-marker"]);
});

test("P75: a thought and an answer in the same delta are two things", () => {
  const raw = "<think>one</think>two<think>three</think>four";
  expectMessage("kimi_k2", raw, {}, [reasoning("one"), text("two"), reasoning("three"), text("four")]);
  expectMessage("glm45", "<think>one</think>\ntwo", { tools: [tool("f", { a: string })] }, [
    reasoning("one"),
    text("two"),
  ]);
});
