import type { JsonSchema } from "@glossa/core";
import * as v from "valibot";
import type { ChatMessage, ChatToolCall } from "../../engines/engine.ts";
import { invalidRequest } from "../../error.ts";
import { topLogprobs } from "../logprobs.ts";
import { between, record, wholeFrom } from "../schemas.ts";
import { validate } from "../validate.ts";
import { refuseUnsupported } from "../unsupported.ts";
import { unsupported } from "./unsupported.ts";

/*
 * The request as OpenAI's API reference describes it, with what the servers of open models add: `top_k`, `min_p`,
 * `repetition_penalty`, `chat_template_kwargs`. Objects are loose: clients send fields that nobody here has heard of, and
 * these are let through unread. A field that is known and would change the answer is read or refused, never ignored.
 */

type Maybe<T> = T | null | undefined;

/** A request as it came, checked. What is not listed is there as well, unread. */
export interface ChatCompletionRequest {
  readonly [field: string]: unknown;
  readonly model?: Maybe<string>;
  readonly messages: readonly RequestMessage[];
  readonly stream?: Maybe<boolean>;
  readonly stream_options?: Maybe<{ readonly include_usage?: Maybe<boolean> }>;
  readonly tools?: Maybe<readonly RequestTool[]>;
  readonly tool_choice?: Maybe<RequestToolChoice>;
  readonly parallel_tool_calls?: Maybe<boolean>;
  readonly response_format?: Maybe<RequestResponseFormat>;
  readonly stop?: Maybe<string | readonly string[]>;
  readonly max_tokens?: Maybe<number>;
  readonly max_completion_tokens?: Maybe<number>;
  readonly temperature?: Maybe<number>;
  readonly top_p?: Maybe<number>;
  readonly top_k?: Maybe<number>;
  readonly min_p?: Maybe<number>;
  readonly seed?: Maybe<number>;
  readonly frequency_penalty?: Maybe<number>;
  readonly presence_penalty?: Maybe<number>;
  readonly repetition_penalty?: Maybe<number>;
  readonly logit_bias?: Maybe<Readonly<Record<string, number>>>;
  readonly logprobs?: Maybe<boolean>;
  readonly top_logprobs?: Maybe<number>;
  readonly reasoning_effort?: Maybe<string>;
  readonly chat_template_kwargs?: Maybe<Readonly<Record<string, unknown>>>;
  /** How many answers are wanted. */
  readonly n?: Maybe<number>;
  readonly functions?: Maybe<readonly FunctionTool["function"][]>;
  readonly function_call?: Maybe<"none" | "auto" | { readonly name: string }>;
  /** vLLM's: the last message goes on. */
  readonly continue_final_message?: Maybe<boolean>;
  readonly add_generation_prompt?: Maybe<boolean>;
  /** Ours: what stop sequences end, the visible text by default. */
  readonly stop_scope?: Maybe<"content" | "output">;
  /** vLLM's: whether the answer tells its reasoning. */
  readonly include_reasoning?: Maybe<boolean>;
  readonly structured_outputs?: Maybe<{
    readonly json?: Maybe<string | JsonSchema>;
    readonly regex?: Maybe<string>;
    readonly choice?: Maybe<readonly string[]>;
    readonly grammar?: Maybe<string>;
    readonly json_object?: Maybe<boolean>;
  }>;
  readonly guided_json?: Maybe<string | JsonSchema>;
  readonly guided_regex?: Maybe<string>;
  readonly guided_choice?: Maybe<readonly string[]>;
  readonly guided_grammar?: Maybe<string>;
}

export interface RequestMessage {
  readonly [field: string]: unknown;
  readonly role: ChatMessage["role"] | "function";
  readonly content?: Maybe<string | readonly { readonly type: string }[]>;
  readonly tool_calls?: Maybe<readonly RequestToolCall[]>;
  readonly function_call?: Maybe<ChatToolCall["function"]>;
  /** DeepSeek's and Mistral's: this message, the last, goes on. */
  readonly prefix?: Maybe<boolean>;
}

export type RequestToolCall =
  | ChatToolCall
  | {
      readonly id: string;
      readonly type: "custom";
      readonly custom: { readonly name: string; readonly input: string };
    };

export interface FunctionTool {
  readonly type: "function";
  readonly function: {
    readonly name: string;
    readonly description?: Maybe<string>;
    readonly parameters?: Maybe<JsonSchema>;
    readonly strict?: Maybe<boolean>;
  };
}

/** A tool that takes one text. */
export interface CustomTool {
  readonly type: "custom";
  readonly custom: {
    readonly name: string;
    readonly description?: Maybe<string>;
    readonly format?: Maybe<{
      readonly type: string;
      readonly grammar?: Maybe<{ readonly syntax: string; readonly definition: string }>;
    }>;
  };
}

/** Some server's own: nothing that could be run here. */
export interface OtherTool {
  readonly type: "other";
  readonly kind: string;
}

export type RequestTool = FunctionTool | CustomTool | OtherTool;

export type NamedTool =
  | { readonly type: "function"; readonly function: { readonly name: string } }
  | { readonly type: "custom"; readonly custom: { readonly name: string } };

export type RequestToolChoice =
  | "none"
  | "auto"
  | "required"
  | NamedTool
  | {
      readonly type: "allowed_tools";
      readonly allowed_tools: {
        readonly mode: "auto" | "required";
        readonly tools: readonly (NamedTool | OtherTool)[];
      };
    };

export type RequestResponseFormat =
  | { readonly type: "text" }
  | { readonly type: "json_object" }
  | {
      readonly type: "json_schema";
      readonly json_schema: {
        readonly name: string;
        readonly schema?: Maybe<Readonly<Record<string, unknown>>>;
        readonly strict?: Maybe<boolean>;
      };
    };

const mediaTypes = ["image_url", "input_audio", "file", "audio_url", "video_url"] as const;

const textPart = v.looseObject({ type: v.literal("text"), text: v.string() });
const refusalPart = v.looseObject({ type: v.literal("refusal"), refusal: v.string() });
const mediaPart = v.looseObject({ type: v.picklist(mediaTypes) });

/** A string or parts: told apart first, so that an error names the part and not "the content". */
const content = v.lazy((input) =>
  Array.isArray(input) ? v.array(v.variant("type", [textPart, refusalPart, mediaPart])) : v.string(),
);

const typeOf = (input: unknown): unknown => (input as { readonly type?: unknown } | null | undefined)?.type;

const calledFunction = v.looseObject({ name: v.string(), arguments: v.string() });

const toolCall: v.GenericSchema<unknown, RequestToolCall> = v.lazy((input): v.GenericSchema<unknown, RequestToolCall> =>
  typeOf(input) === "custom"
    ? v.looseObject({
        id: v.string(),
        type: v.literal("custom"),
        custom: v.looseObject({ name: v.string(), input: v.string() }),
      })
    : v.looseObject({
        id: v.string(),
        type: v.optional(v.literal("function"), "function"),
        function: calledFunction,
      }),
);

const message = v.variant("role", [
  v.looseObject({ role: v.picklist(["system", "developer", "user"]), content, name: v.optional(v.string()) }),
  v.looseObject({
    role: v.literal("assistant"),
    content: v.nullish(content),
    reasoning_content: v.nullish(v.string()),
    reasoning: v.nullish(v.string()),
    tool_calls: v.nullish(v.array(toolCall)),
    function_call: v.nullish(calledFunction),
    prefix: v.nullish(v.boolean()),
  }),
  v.looseObject({ role: v.literal("tool"), content, tool_call_id: v.string() }),
  v.looseObject({ role: v.literal("function"), content, name: v.string() }),
]);

const toolName = v.pipe(v.string(), v.nonEmpty("a tool needs a name"));

const functionTool = v.looseObject({
  name: toolName,
  description: v.nullish(v.string()),
  parameters: v.nullish(v.union([v.boolean(), record])),
  strict: v.nullish(v.boolean()),
});

export const functionToolSchema: v.GenericSchema<unknown, FunctionTool> = v.looseObject({
  type: v.literal("function"),
  function: functionTool,
});

const customTool: v.GenericSchema<unknown, CustomTool> = v.looseObject({
  type: v.literal("custom"),
  custom: v.looseObject({
    name: toolName,
    description: v.nullish(v.string()),
    format: v.nullish(
      v.looseObject({
        type: v.string(),
        grammar: v.nullish(v.looseObject({ syntax: v.string(), definition: v.string() })),
      }),
    ),
  }),
});

/** Of a type that is not known here. */
const other: v.GenericSchema<unknown, OtherTool> = v.pipe(
  v.looseObject({ type: v.string() }),
  v.transform(({ type }) => ({ type: "other" as const, kind: type })),
);

const tool: v.GenericSchema<unknown, RequestTool> = v.lazy((input): v.GenericSchema<unknown, RequestTool> => {
  const type = typeOf(input);
  if (type === "custom") return customTool;
  return typeof type === "string" && type !== "function" ? other : functionToolSchema;
});

const namedFunction = v.looseObject({ type: v.literal("function"), function: v.looseObject({ name: v.string() }) });
const namedCustom = v.looseObject({ type: v.literal("custom"), custom: v.looseObject({ name: v.string() }) });

const allowedTool: v.GenericSchema<unknown, NamedTool | OtherTool> = v.lazy(
  (input): v.GenericSchema<unknown, NamedTool | OtherTool> => {
    const type = typeOf(input);
    if (type === "custom") return namedCustom;
    return typeof type === "string" && type !== "function" ? other : namedFunction;
  },
);

const toolChoice = v.lazy((input) =>
  typeof input === "object" && input !== null
    ? v.variant("type", [
        namedFunction,
        namedCustom,
        v.looseObject({
          type: v.literal("allowed_tools"),
          allowed_tools: v.looseObject({
            mode: v.picklist(["auto", "required"]),
            tools: v.pipe(v.array(allowedTool), v.nonEmpty("no tool is allowed; tool_choice none says that")),
          }),
        }),
      ])
    : v.picklist(["none", "auto", "required"]),
);

const responseFormat = v.variant("type", [
  v.looseObject({ type: v.literal("text") }),
  v.looseObject({ type: v.literal("json_object") }),
  v.looseObject({
    type: v.literal("json_schema"),
    json_schema: v.looseObject({
      name: v.string(),
      description: v.nullish(v.string()),
      schema: v.nullish(record),
      strict: v.nullish(v.boolean()),
    }),
  }),
]);

const stop = v.lazy((input) => (Array.isArray(input) ? v.array(v.string()) : v.string()));

/** How many answers one request may ask for. */
const maxChoices = 32;

const jsonSchema = v.nullish(v.union([v.string(), v.boolean(), record]));
const choices = v.nullish(v.pipe(v.array(v.string()), v.nonEmpty("there is nothing to choose from")));

const requestSchema: v.GenericSchema<unknown, ChatCompletionRequest> = v.looseObject({
  model: v.nullish(v.string()),
  messages: v.pipe(v.array(message), v.nonEmpty("there is no message")),
  stream: v.nullish(v.boolean()),
  stream_options: v.nullish(v.looseObject({ include_usage: v.nullish(v.boolean()) })),
  tools: v.nullish(v.array(tool)),
  tool_choice: v.nullish(toolChoice),
  parallel_tool_calls: v.nullish(v.boolean()),
  response_format: v.nullish(responseFormat),
  stop: v.nullish(stop),
  max_tokens: v.nullish(wholeFrom(1)),
  max_completion_tokens: v.nullish(wholeFrom(1)),
  temperature: v.nullish(between(0, 2)),
  top_p: v.nullish(between(0, 1)),
  top_k: v.nullish(wholeFrom(-1)),
  min_p: v.nullish(between(0, 1)),
  seed: v.nullish(wholeFrom(Number.MIN_SAFE_INTEGER)),
  frequency_penalty: v.nullish(between(-2, 2)),
  presence_penalty: v.nullish(between(-2, 2)),
  repetition_penalty: v.nullish(between(0, 2)),
  logit_bias: v.nullish(v.record(v.string(), between(-100, 100))),
  logprobs: v.nullish(v.boolean()),
  top_logprobs: v.nullish(topLogprobs),
  reasoning_effort: v.nullish(v.picklist(["none", "minimal", "low", "medium", "high", "xhigh", "max"])),
  chat_template_kwargs: v.nullish(record),
  n: v.nullish(v.pipe(wholeFrom(1), v.maxValue(maxChoices, `it is more than ${maxChoices}`))),
  functions: v.nullish(v.array(functionTool)),
  function_call: v.nullish(
    v.lazy((input) =>
      typeof input === "object" && input !== null ? v.looseObject({ name: v.string() }) : v.picklist(["none", "auto"]),
    ),
  ),
  continue_final_message: v.nullish(v.boolean()),
  add_generation_prompt: v.nullish(v.boolean()),
  stop_scope: v.nullish(v.picklist(["content", "output"])),
  include_reasoning: v.nullish(v.boolean()),
  structured_outputs: v.nullish(
    v.looseObject({
      json: jsonSchema,
      regex: v.nullish(v.string()),
      choice: choices,
      grammar: v.nullish(v.string()),
      json_object: v.nullish(v.boolean()),
      structural_tag: v.nullish(v.never("it is made here, from the tools and the format of the answer")),
    }),
  ),
  guided_json: jsonSchema,
  guided_regex: v.nullish(v.string()),
  guided_choice: choices,
  guided_grammar: v.nullish(v.string()),
});

/** Checks a body. Throws `ApiError` with the field at fault. */
export function parseRequest(body: unknown): ChatCompletionRequest {
  const request = validate(requestSchema, body);
  refuseUnsupported(request, unsupported);
  if (request.top_logprobs && !request.logprobs) {
    throw invalidRequest("Invalid value for 'top_logprobs': it needs 'logprobs' to be true.", "top_logprobs");
  }
  const { functions, tools, function_call: choice } = request;
  if (functions?.length && tools?.length) {
    const message = "Invalid value for 'functions': it is the older name of 'tools', and a request has one of both.";
    throw invalidRequest(message, "functions");
  }
  if (choice && !functions) {
    throw invalidRequest("Invalid value for 'function_call': it needs 'functions'.", "function_call");
  }
  for (const [index, { role, content: given, tool_calls: calls, function_call: call }] of request.messages.entries()) {
    if (role !== "assistant" || typeof given === "string" || given || call || (calls && calls.length > 0)) continue;
    const param = `messages[${index}].content`;
    const message = `Missing required parameter: '${param}': an assistant message has content or tool_calls.`;
    throw invalidRequest(message, param, "missing_required_parameter");
  }
  return request;
}
