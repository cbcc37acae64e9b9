import { existsSync, readFileSync } from "node:fs";
import { detect } from "@glossa/core";
import { describe, expect, test } from "vitest";
import { checkTemplate } from "../src/check/check-template.ts";
import type { FaultCode } from "../src/check/fault.ts";
import { Subject } from "../src/check/subject.ts";

// Templates of models belong to their makers and are not in the repository.
const file = new URL("../../../../shared/data/chat_templates/templates.jsonl", import.meta.url);
const isThere = existsSync(file);

interface Template {
  readonly id: string;
  readonly template: string;
  readonly bos_token: string;
  readonly eos_token: string;
}

const templates: readonly Template[] = isThere
  ? readFileSync(file, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Template)
  : [];

/** The faults that each template has, and where in its text they come from. Those with none have none that is known. */
const expected: Readonly<Record<string, readonly FaultCode[]>> = {
  "arch-function": [],
  "deepseek-r1-0528": [],
  "gemma-4-31b": [],
  "glm-4.5": [],
  "granite-4": [],
  "kimi-k2.5": [],
  "minimax-m2": [],
  "nemotron-3-nano": [],
  "qwen2.5": [],
  "qwen3-thinking-2507": [],
  "qwen3.5": [],
  "qwq-32b": [],
  "seed-internlm2.5": [],
  "seed-minicpm3": [],
  qwen3: [],

  "seed-llama-3.1": [
    // `{{- bos_token }}` in its first line and again before the system header.
    "doubled-bos",
    // `{{- tool_call.arguments }}` without tojson, and what comes out is no JSON to the parser either.
    "python-arguments",
    "round-trip",
    // As in the maker's, below.
    "content-dropped",
    "results-encoded-twice",
    "single-call",
  ],
  "seed-toolace": [
    // It ends with the loop over the messages: add_generation_prompt is not in it.
    "lost-generation-prompt",
    // `"%sr" | format(…)`; no parser reads the calls that come of it.
    "misspelt-repr",
    "round-trip",
    // A message with tool_calls begins with `[`, whatever its content.
    "content-dropped",
    // `{ "output": message.content } | tojson`, with a content that is JSON.
    "results-encoded-twice",
  ],
  "seed-hermes3": [
    // `for tool in tools`, which are None in a request without: made to be the template `tool_use` beside another.
    "conversation-refused",
    // Of a message with tool_calls it writes those alone.
    "content-dropped",
    // `'"description": "' + … + tool.description`, with line breaks of its own as well.
    "tools-not-json",
  ],
  "seed-mistral-7b": [
    // `loop.last and system_message is defined`: only where the last message is a question.
    "system-dropped",
    // `'": "' + val + '"'` for each text of a tool.
    "tools-not-json",
    // `[TOOL_CALLS]` stands in place of the content.
    "content-dropped",
    // `'{"content": ' + content|string`.
    "results-not-json",
  ],

  // `message.tool_calls|length == 1` or it raises; the branch of tool_calls has no content; a text `is iterable`, so that
  // `message.content | tojson` encodes it.
  "llama-3.1": ["content-dropped", "results-encoded-twice", "single-call"],
  "llama-3.2": ["content-dropped", "results-encoded-twice", "single-call"],

  // As the variant of the seed, but ids must have nine characters: `tool_call.id|length != 9` raises.
  "mistral-7b-v0.3": ["call-id-length", "content-dropped", "results-not-json", "system-dropped", "tools-not-json"],
  "mistral-nemo": ["call-id-length", "content-dropped", "results-not-json", "system-dropped", "tools-not-json"],

  "hermes-2-pro": [
    // As the variant of the seed.
    "conversation-refused",
    "content-dropped",
    // And `'{"name": ' + tool.name + '", '`, a quote short.
    "tools-not-json",
    // `message.content|tojson` for a content that is text always.
    "results-encoded-twice",
    // One `<tool_call>` for all calls of a message, and a closing tag for each.
    "round-trip",
  ],

  // `tojson if args_value is mapping else args_value | string`: a list is no mapping.
  "qwen3-coder": ["python-arguments"],
  // `arg_value if arg_value is string else arg_value | string`.
  "seed-oss": ["python-arguments"],

  // Both were laid out anew by a serving project: the indentation is in the prompt, and not the same in the generation
  // prompt as in the history. Behind `<｜Assistant｜>` it parts the reader from `</think>`.
  "deepseek-v3.1": ["generation-prompt-differs", "round-trip"],
  "deepseek-v3.2": ["generation-prompt-differs", "round-trip"],
  // A serving project's text, with `<tool_call>` where the maker's has `</tool_call>`.
  "glm-4.7": ["round-trip"],

  "deepseek-v3-npm": [
    // There is no `tools` in it.
    "tools-ignored",
    // Calls are written only where `message['content'] is none`, and arguments only as text.
    "calls-dropped",
    // What ends the calls and the turn stands in the branch for the second call.
    "answer-not-ended",
    "round-trip",
  ],

  "gpt-oss": [
    // `message.tool_calls[0]`, and no loop.
    "single-call",
    // `message.content|tojson` for a content that is text always.
    "results-encoded-twice",
    // The content of a message with calls goes to the analysis channel, which is reasoning.
    "round-trip",
  ],

  // `'"' + arg_value + '"'`: quotes and line breaks in a string are not escaped.
  "lfm2.5-vl": ["round-trip"],

  "command-r-v01": [
    // A template for requests with tools, beside another: `for tool in tools` with None.
    "conversation-refused",
    // A schema is written as Python types: `json_spec.additionalProperties` of an object that has none.
    "tools-refused",
    // Behind the fence of the calls no <|END_OF_TURN_TOKEN|>: the next turn begins, and the reader takes it for text.
    "answer-not-ended",
    "round-trip",
  ],
  // A template for requests with documents, beside another: `for document in documents` with None.
  "command-r-plus-rag": ["conversation-refused"],

  "hammer-2.1": [
    // The last line, `<|im_start|>assistant`, has no condition.
    "generation-prompt-always",
    // `tools|string`.
    "python-tools",
    // The loop writes role and content.
    "calls-dropped",
  ],
  // `tool | string`; of an assistant's message the content alone.
  smollm3: ["calls-dropped", "python-tools"],
  // The loop writes role and content.
  "granite-3": ["calls-dropped"],
  // Neither tools nor calls are in it, and roles must alternate.
  "gemma-3": ["calls-dropped", "results-dropped", "tools-ignored"],
  // There is no `tools` in it: the caller puts them into a message; `+ tool_call['function']['arguments']` wants text.
  "functionary-v2.2": ["arguments-refused", "tools-ignored"],
};

function codesOf({ template, bos_token, eos_token }: Template): string[] {
  const source = { templates: { default: template }, specialTokens: { bos_token, eos_token } };
  const { faults } = checkTemplate(new Subject(source, undefined, detect({ template })?.format));
  return [...new Set(faults.map(({ code }) => code))].toSorted();
}

describe.skipIf(!isThere)(
  `templates of models${isThere ? "" : " (skipped: ../shared/data/chat_templates is not there)"}`,
  () => {
    test("every one is in the table", () => {
      expect(templates.map(({ id }) => id).toSorted()).toEqual(Object.keys(expected).toSorted());
    });

    test.each(templates.map((each) => [each.id, each] as const))("%s", (id, template) => {
      expect(codesOf(template)).toEqual(expected[id]!.toSorted());
    });
  },
);
