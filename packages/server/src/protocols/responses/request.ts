import * as v from "valibot";
import type { JsonSchema } from "@glossa/core";
import { invalidRequest } from "../../error.ts";
import { topLogprobs } from "../logprobs.ts";
import { between, listOr, record, wholeFrom } from "../schemas.ts";
import { given, refuseUnsupported, type Unsupported } from "../unsupported.ts";
import { validate } from "../validate.ts";
import type { ClientToolType } from "./client-tools.ts";

/*
 * The request as OpenAI's API reference describes the Responses API (read from its TypeScript SDK 6.49), with
 * `chat_template_kwargs` and `top_k` as servers of open models add them. Objects are loose: what nobody here knows is let
 * through unread. What is known and would change the answer is read, refused, or left out with a note.
 */

type Maybe<T> = T | null | undefined;

export interface ResponsesRequest {
  readonly [field: string]: unknown;
  readonly model?: Maybe<string>;
  readonly input: string | readonly InputItem[];
  readonly instructions?: Maybe<string>;
  readonly previous_response_id?: Maybe<string>;
  readonly store?: Maybe<boolean>;
  readonly stream?: Maybe<boolean>;
  readonly tools?: Maybe<readonly RequestTool[]>;
  readonly tool_choice?: Maybe<RequestToolChoice>;
  readonly parallel_tool_calls?: Maybe<boolean>;
  readonly text?: Maybe<{ readonly format?: Maybe<TextFormat> }>;
  readonly reasoning?: Maybe<{ readonly effort?: Maybe<string>; readonly summary?: Maybe<string> }>;
  readonly include?: Maybe<readonly string[]>;
  readonly top_logprobs?: Maybe<number>;
  readonly metadata?: Maybe<Readonly<Record<string, unknown>>>;
  readonly max_output_tokens?: Maybe<number>;
  readonly temperature?: Maybe<number>;
  readonly top_p?: Maybe<number>;
  readonly top_k?: Maybe<number>;
  readonly user?: Maybe<string>;
  readonly chat_template_kwargs?: Maybe<Readonly<Record<string, unknown>>>;
}

export type TextFormat =
  | { readonly type: "text" }
  | { readonly type: "json_object" }
  | {
      readonly type: "json_schema";
      readonly name: string;
      readonly schema: Readonly<Record<string, unknown>>;
      readonly strict?: Maybe<boolean>;
    };

export interface InputPart {
  readonly type: string;
  readonly text?: Maybe<string>;
  readonly refusal?: Maybe<string>;
  readonly image_url?: Maybe<string>;
  readonly detail?: Maybe<string>;
  readonly file_data?: Maybe<string>;
  readonly file_url?: Maybe<string>;
  readonly filename?: Maybe<string>;
}

export type InputItem =
  | {
      readonly type: "message";
      readonly role: "user" | "assistant" | "system" | "developer";
      readonly content: string | readonly InputPart[];
    }
  | {
      readonly type: "reasoning";
      readonly summary?: Maybe<readonly { readonly text: string }[]>;
      readonly content?: Maybe<readonly { readonly text: string }[]>;
      readonly encrypted_content?: Maybe<string>;
    }
  | {
      readonly type: "function_call";
      readonly call_id: string;
      readonly name: string;
      readonly namespace?: Maybe<string>;
      readonly arguments: string;
    }
  | {
      readonly type: "custom_tool_call";
      readonly call_id: string;
      readonly name: string;
      readonly namespace?: Maybe<string>;
      readonly input: string;
    }
  | {
      readonly type: "function_call_output" | "custom_tool_call_output";
      readonly call_id: string;
      readonly output: string | readonly InputPart[];
    }
  /** Of a tool that is known by its type. */
  | {
      readonly type: `${ClientToolType}_call`;
      readonly call_id?: Maybe<string>;
      readonly id?: Maybe<string>;
      readonly [field: string]: unknown;
    }
  | {
      readonly type: Exclude<`${ClientToolType}_call_output`, "tool_search_call_output">;
      readonly call_id?: Maybe<string>;
      readonly id?: Maybe<string>;
      readonly [field: string]: unknown;
    }
  | { readonly type: "tool_search_output"; readonly call_id?: Maybe<string>; readonly tools: readonly RequestTool[] }
  | { readonly type: "additional_tools"; readonly tools: readonly RequestTool[] }
  | { readonly type: "item_reference"; readonly id: string }
  /** Of a tool that OpenAI runs, or of a kind that is not known here. */
  | { readonly type: "other"; readonly kind: string };

export interface RequestTool {
  readonly [field: string]: unknown;
  readonly type: string;
  readonly name?: Maybe<string>;
  readonly description?: Maybe<string>;
  readonly parameters?: Maybe<JsonSchema>;
  readonly strict?: Maybe<boolean>;
  readonly format?: Maybe<{
    readonly type: string;
    readonly syntax?: Maybe<string>;
    readonly definition?: Maybe<string>;
  }>;
  readonly defer_loading?: Maybe<boolean>;
  /** Of a namespace. */
  readonly tools?: Maybe<readonly RequestTool[]>;
}

export interface ToolReference {
  readonly type: string;
  readonly name?: Maybe<string>;
  readonly namespace?: Maybe<string>;
}

export type RequestToolChoice =
  | "none"
  | "auto"
  | "required"
  | ToolReference
  | { readonly type: "allowed_tools"; readonly mode: "auto" | "required"; readonly tools: readonly ToolReference[] };

const part: v.GenericSchema<unknown, InputPart> = v.lazy((input) => {
  const type = (input as { type?: unknown } | null)?.type;
  const text = type === "input_text" || type === "output_text" || type === "text";
  return v.looseObject({
    type: v.string(),
    text: text ? v.string() : v.nullish(v.string()),
    refusal: v.nullish(v.string()),
    image_url: v.nullish(v.string()),
    detail: v.nullish(v.string()),
    file_data: v.nullish(v.string()),
    file_url: v.nullish(v.string()),
    filename: v.nullish(v.string()),
  });
});

const texts = v.nullish(v.array(v.looseObject({ type: v.string(), text: v.string() })));

const output = (type: "function_call_output" | "custom_tool_call_output"): v.GenericSchema<unknown, InputItem> =>
  v.looseObject({ type: v.literal(type), call_id: v.string(), output: listOr(part, v.string()) });

/** An item of a tool that is known by its type. Older ones have no `call_id`. */
function clientItem(type: string): v.GenericSchema<unknown, InputItem> {
  return v.looseObject({
    type: v.literal(type),
    id: v.nullish(v.string()),
    call_id: v.nullish(v.string()),
  }) as v.GenericSchema<unknown, InputItem>;
}

const message: v.GenericSchema<unknown, InputItem> = v.looseObject({
  type: v.optional(v.literal("message"), "message"),
  role: v.picklist(["user", "assistant", "system", "developer"]),
  content: listOr(part, v.string()),
});

const known: Readonly<Record<string, v.GenericSchema<unknown, InputItem>>> = {
  message,
  reasoning: v.looseObject({
    type: v.literal("reasoning"),
    summary: texts,
    content: texts,
    encrypted_content: v.nullish(v.string()),
  }),
  function_call: v.looseObject({
    type: v.literal("function_call"),
    call_id: v.string(),
    name: v.string(),
    namespace: v.nullish(v.string()),
    arguments: v.string(),
  }),
  custom_tool_call: v.looseObject({
    type: v.literal("custom_tool_call"),
    call_id: v.string(),
    name: v.string(),
    namespace: v.nullish(v.string()),
    input: v.string(),
  }),
  function_call_output: output("function_call_output"),
  custom_tool_call_output: output("custom_tool_call_output"),
  tool_search_output: v.looseObject({
    type: v.literal("tool_search_output"),
    call_id: v.nullish(v.string()),
    tools: v.array(v.lazy(() => tool)),
  }),
  additional_tools: v.looseObject({ type: v.literal("additional_tools"), tools: v.array(v.lazy(() => tool)) }),
  tool_search_call: clientItem("tool_search_call"),
  local_shell_call: clientItem("local_shell_call"),
  local_shell_call_output: clientItem("local_shell_call_output"),
  shell_call: clientItem("shell_call"),
  shell_call_output: clientItem("shell_call_output"),
  apply_patch_call: clientItem("apply_patch_call"),
  apply_patch_call_output: clientItem("apply_patch_call_output"),
  item_reference: v.looseObject({ type: v.literal("item_reference"), id: v.string() }),
};

const otherItem: v.GenericSchema<unknown, InputItem> = v.pipe(
  v.looseObject({ type: v.string() }),
  v.transform(({ type }) => ({ type: "other" as const, kind: type })),
);

/** An item without a type is a message, or only names one that is stored. */
const untypedReference: v.GenericSchema<unknown, InputItem> = v.looseObject({
  type: v.optional(v.literal("item_reference"), "item_reference"),
  id: v.string(),
});

const item: v.GenericSchema<unknown, InputItem> = v.lazy((input) => {
  if (typeof input !== "object" || input === null) return message;
  const { type, role, id } = input as { type?: unknown; role?: unknown; id?: unknown };
  if (type === undefined || type === null) return role === undefined && id !== undefined ? untypedReference : message;
  return typeof type === "string" && Object.hasOwn(known, type) ? (known[type] ?? otherItem) : otherItem;
});

const tool: v.GenericSchema<unknown, RequestTool> = v.looseObject({
  type: v.string(),
  name: v.nullish(v.string()),
  description: v.nullish(v.string()),
  parameters: v.nullish(v.union([v.boolean(), record])),
  strict: v.nullish(v.boolean()),
  format: v.nullish(
    v.looseObject({ type: v.string(), syntax: v.nullish(v.string()), definition: v.nullish(v.string()) }),
  ),
  defer_loading: v.nullish(v.boolean()),
  tools: v.nullish(v.array(v.lazy(() => tool))),
});

const reference = v.looseObject({
  type: v.string(),
  name: v.nullish(v.string()),
  namespace: v.nullish(v.string()),
});

const toolChoice: v.GenericSchema<unknown, RequestToolChoice> = v.lazy(
  (input): v.GenericSchema<unknown, RequestToolChoice> => {
    if (typeof input !== "object" || input === null) return v.picklist(["none", "auto", "required"]);
    if ((input as { type?: unknown }).type !== "allowed_tools") return reference;
    return v.looseObject({
      type: v.literal("allowed_tools"),
      mode: v.picklist(["auto", "required"]),
      tools: v.pipe(v.array(reference), v.nonEmpty("no tool is allowed; tool_choice none says that")),
    });
  },
);

const requestSchema: v.GenericSchema<unknown, ResponsesRequest> = v.looseObject({
  model: v.nullish(v.string()),
  input: listOr(item, v.string()),
  instructions: v.nullish(v.string()),
  previous_response_id: v.nullish(v.string()),
  store: v.nullish(v.boolean()),
  stream: v.nullish(v.boolean()),
  tools: v.nullish(v.array(tool)),
  tool_choice: v.nullish(toolChoice),
  parallel_tool_calls: v.nullish(v.boolean()),
  text: v.nullish(
    v.looseObject({
      format: v.nullish(
        v.variant("type", [
          v.looseObject({ type: v.literal("text") }),
          v.looseObject({ type: v.literal("json_object") }),
          v.looseObject({
            type: v.literal("json_schema"),
            name: v.string(),
            schema: record,
            strict: v.nullish(v.boolean()),
          }),
        ]),
      ),
    }),
  ),
  reasoning: v.nullish(
    v.looseObject({
      effort: v.nullish(v.picklist(["none", "minimal", "low", "medium", "high", "xhigh", "max"])),
      summary: v.nullish(v.string()),
    }),
  ),
  include: v.nullish(v.array(v.string())),
  top_logprobs: v.nullish(topLogprobs),
  metadata: v.nullish(record),
  max_output_tokens: v.nullish(wholeFrom(1)),
  temperature: v.nullish(between(0, 2)),
  top_p: v.nullish(between(0, 1)),
  top_k: v.nullish(wholeFrom(-1)),
  user: v.nullish(v.string()),
  chat_template_kwargs: v.nullish(record),
});

const unsupported: Unsupported = {
  background: { when: (value) => value === true, why: "responses are made while the client waits" },
  conversation: { when: given, why: "use previous_response_id" },
  prompt: { when: given, why: "there are no stored prompts" },
};

/** Checks a body. Throws `ApiError` with the field at fault. */
export function parseRequest(body: unknown): ResponsesRequest {
  const request = validate(requestSchema, body);
  refuseUnsupported(request, unsupported);
  checkNames(request.tools ?? [], "tools");
  return request;
}

/** A tool that the client runs is called by its name. */
function checkNames(tools: readonly RequestTool[], field: string): void {
  for (const [index, { type, name, tools: inside }] of tools.entries()) {
    if (inside) checkNames(inside, `${field}[${index}].tools`);
    if ((type !== "function" && type !== "custom") || (typeof name === "string" && name !== "")) continue;
    const param = `${field}[${index}].name`;
    throw invalidRequest(`Missing required parameter: '${param}'.`, param, "missing_required_parameter");
  }
}
