import * as v from "valibot";
import { between, listOr, record, wholeFrom } from "../schemas.ts";
import { validate, type FieldWords } from "../validate.ts";

/*
 * The request as Anthropic's API reference describes the Messages API (read from its TypeScript SDK 1.11), with
 * `chat_template_kwargs` as vLLM adds it. Objects are loose: `cache_control`, `metadata` and the fields of betas that nobody
 * here knows are let through unread.
 */

type Maybe<T> = T | null | undefined;

/** The part of a request that makes the prompt; all there is to `count_tokens`. */
export interface PromptRequest {
  readonly model: string;
  readonly messages: readonly RequestMessage[];
  readonly system?: Maybe<string | readonly TextBlock[]>;
  readonly tools?: Maybe<readonly RequestTool[]>;
  readonly tool_choice?: Maybe<RequestToolChoice>;
  readonly thinking?: Maybe<{ readonly type: string; readonly display?: Maybe<string> }>;
  readonly output_config?: Maybe<{ readonly effort?: Maybe<string>; readonly format?: Maybe<OutputFormat> }>;
  /** The name that `output_config.format` had in its beta. */
  readonly output_format?: Maybe<OutputFormat>;
  readonly chat_template_kwargs?: Maybe<Readonly<Record<string, unknown>>>;
  readonly mcp_servers?: Maybe<readonly unknown[]>;
}

export interface MessagesRequest extends PromptRequest {
  readonly max_tokens: number;
  readonly stream?: Maybe<boolean>;
  readonly stop_sequences?: Maybe<readonly string[]>;
  readonly temperature?: Maybe<number>;
  readonly top_p?: Maybe<number>;
  readonly top_k?: Maybe<number>;
}

interface OutputFormat {
  readonly type: "json_schema";
  readonly schema: Readonly<Record<string, unknown>>;
}

export interface RequestMessage {
  readonly role: "user" | "assistant" | "system";
  readonly content: string | readonly ContentBlock[];
}

export interface TextBlock {
  readonly type: "text";
  readonly text: string;
}

export interface MediaSource {
  readonly type: string;
  readonly media_type?: Maybe<string>;
  readonly data?: Maybe<string>;
  readonly url?: Maybe<string>;
  readonly content?: unknown;
}

export type ContentBlock =
  | TextBlock
  | { readonly type: "image"; readonly source: MediaSource }
  | { readonly type: "document"; readonly source: MediaSource; readonly title?: Maybe<string> }
  | {
      readonly type: "search_result";
      readonly source: string;
      readonly title: string;
      readonly content: readonly TextBlock[];
    }
  | { readonly type: "thinking"; readonly thinking: string }
  | { readonly type: "tool_use"; readonly id: string; readonly name: string; readonly input: unknown }
  | {
      readonly type: "tool_result";
      readonly tool_use_id: string;
      readonly content?: Maybe<string | readonly ContentBlock[]>;
      readonly is_error?: Maybe<boolean>;
    }
  /** In the result of a search for tools: one that may be called from now on. */
  | { readonly type: "tool_reference"; readonly tool_name: string }
  /** Of a server's own tools, or of a beta. */
  | { readonly type: "other"; readonly kind: string };

export interface RequestTool {
  readonly name: string;
  readonly type?: Maybe<string>;
  readonly description?: Maybe<string>;
  readonly input_schema?: Maybe<Readonly<Record<string, unknown>>>;
  readonly strict?: Maybe<boolean>;
  /** To be searched for before it is one. */
  readonly defer_loading?: Maybe<boolean>;
}

export type RequestToolChoice =
  | { readonly type: "auto" | "any"; readonly disable_parallel_tool_use?: Maybe<boolean> }
  | { readonly type: "tool"; readonly name: string; readonly disable_parallel_tool_use?: Maybe<boolean> }
  | { readonly type: "none" };

const textBlock = v.looseObject({ type: v.literal("text"), text: v.string() });
const mediaSource = v.looseObject({
  type: v.string(),
  media_type: v.nullish(v.string()),
  data: v.nullish(v.string()),
  url: v.nullish(v.string()),
});

const known: Readonly<Record<string, v.GenericSchema<unknown, ContentBlock>>> = {
  text: textBlock,
  image: v.looseObject({ type: v.literal("image"), source: mediaSource }),
  document: v.looseObject({ type: v.literal("document"), source: mediaSource, title: v.nullish(v.string()) }),
  search_result: v.looseObject({
    type: v.literal("search_result"),
    source: v.string(),
    title: v.string(),
    content: v.array(textBlock),
  }),
  thinking: v.looseObject({ type: v.literal("thinking"), thinking: v.string() }),
  tool_use: v.looseObject({ type: v.literal("tool_use"), id: v.string(), name: v.string(), input: record }),
  tool_result: v.looseObject({
    type: v.literal("tool_result"),
    tool_use_id: v.string(),
    content: v.nullish(
      listOr(
        v.lazy(() => block),
        v.string(),
      ),
    ),
    is_error: v.nullish(v.boolean()),
  }),
  tool_reference: v.looseObject({ type: v.literal("tool_reference"), tool_name: v.string() }),
};

const otherBlock: v.GenericSchema<unknown, ContentBlock> = v.pipe(
  v.looseObject({ type: v.string() }),
  v.transform(({ type }) => ({ type: "other" as const, kind: type })),
);

const block: v.GenericSchema<unknown, ContentBlock> = v.lazy((input) => {
  const type = typeof input === "object" && input !== null ? (input as { type?: unknown }).type : undefined;
  return typeof type === "string" && Object.hasOwn(known, type) ? (known[type] ?? otherBlock) : otherBlock;
});

/** Some clients write roles of their own for what their user's side adds. */
const role = v.pipe(
  v.picklist(["user", "assistant", "system", "ctx", "msg"]),
  v.transform((name) => (name === "ctx" || name === "msg" ? "user" : name)),
);

const outputFormat = v.looseObject({ type: v.literal("json_schema"), schema: record });

const parallel = { disable_parallel_tool_use: v.nullish(v.boolean()) };

const prompt = {
  model: v.string(),
  messages: v.pipe(
    v.array(v.looseObject({ role, content: listOr(block, v.string()) })),
    v.nonEmpty("at least one message is required"),
  ),
  system: v.nullish(listOr(textBlock, v.string())),
  tools: v.nullish(
    v.array(
      v.looseObject({
        name: v.pipe(v.string(), v.nonEmpty("a tool needs a name")),
        type: v.nullish(v.string()),
        description: v.nullish(v.string()),
        input_schema: v.nullish(record),
        strict: v.nullish(v.boolean()),
        defer_loading: v.nullish(v.boolean()),
      }),
    ),
  ),
  tool_choice: v.nullish(
    v.variant("type", [
      v.looseObject({ type: v.literal("auto"), ...parallel }),
      v.looseObject({ type: v.literal("any"), ...parallel }),
      v.looseObject({ type: v.literal("tool"), name: v.string(), ...parallel }),
      v.looseObject({ type: v.literal("none") }),
    ]),
  ),
  thinking: v.nullish(
    v.looseObject({
      type: v.picklist(["enabled", "disabled", "adaptive", "between_tools"]),
      display: v.nullish(v.picklist(["summarized", "omitted"])),
    }),
  ),
  output_config: v.nullish(
    v.looseObject({
      effort: v.nullish(v.picklist(["low", "medium", "high", "xhigh", "max"])),
      format: v.nullish(outputFormat),
    }),
  ),
  output_format: v.nullish(outputFormat),
  chat_template_kwargs: v.nullish(record),
  mcp_servers: v.nullish(v.array(v.unknown())),
};

const promptSchema: v.GenericSchema<unknown, PromptRequest> = v.looseObject(prompt);

const messagesSchema: v.GenericSchema<unknown, MessagesRequest> = v.looseObject({
  ...prompt,
  max_tokens: wholeFrom(1),
  stream: v.nullish(v.boolean()),
  stop_sequences: v.nullish(v.array(v.string())),
  temperature: v.nullish(between(0, 2)),
  top_p: v.nullish(between(0, 1)),
  top_k: v.nullish(wholeFrom(-1)),
});

/** `messages.0.content`: a dotted path first, and what is wrong with it behind. */
const words: FieldWords = {
  path: (keys) => keys.join("."),
  missing: (path) => `${path}: Field required`,
  wrongType: (path, expected, got) => `${path}: Input should be ${expected}, not ${got}`,
  wrongValue: (path, expected, got) => `${path}: Input should be ${expected}, not ${got}`,
  broken: (path, why) => `${path}: ${why}`,
};

/** Checks a body. Throws `ApiError` with the field at fault. */
export function parseMessagesRequest(body: unknown): MessagesRequest {
  return validate(messagesSchema, body, words);
}

export function parsePromptRequest(body: unknown): PromptRequest {
  return validate(promptSchema, body, words);
}
