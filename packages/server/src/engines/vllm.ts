import { readChatStream } from "./chat-stream.ts";
import { chatTool } from "./chat-tool.ts";
import type { Engine, Finish, GenerateRequest, Piece } from "./engine.ts";
import { remoteModels } from "./remote-models.ts";
import { createUpstream, isRecord, request, requestJson } from "./upstream.ts";

export interface VllmOptions {
  /** The server's address, with or without `/v1`. */
  readonly url: string;
  /** The models' format; default: by their names. */
  readonly format?: string;
  readonly apiKey?: string;
  readonly name?: string;
}

/**
 * vLLM's chat endpoint, its own parsers off: `vllm serve MODEL`, without `--tool-call-parser`, `--enable-auto-tool-choice`
 * and `--reasoning-parser`. Read from its documentation (OpenAI-compatible server, tool calling, structured outputs) and the
 * request's definition, as of the versions 0.25 to 0.33; the fields:
 *
 * - `tools` with `tool_choice: "none"`: the template shows the tools, no parser runs and no grammar of vLLM's is attached. Not
 *   with `--exclude-tools-when-tool-choice-none`, which takes the tools out of the prompt. An empty `tools` is refused, so it
 *   is left out.
 * - `skip_special_tokens: false`, `spaces_between_special_tokens: false`: the markup of most formats is special tokens, which
 *   the defaults strip or pad. The end of the turn is not sent even so, unless asked for with `include_stop_str_in_output`.
 * - `structured_outputs: { structural_tag }`: the structural tag as JSON text (from 0.11 on; the older `guided_*` fields went
 *   in 0.12). With no reasoning parser configured it holds from the first token, so it has to know whether the prompt ends
 *   inside of reasoning: then the prompt is asked for first (`/tokenize`, which renders, and `/detokenize` of its end).
 * - `return_prompt_text` (newer versions; older ones ignore it): the first event carries the rendered prompt, from which the
 *   parser takes its start. Where it is missing, `/tokenize` and `/detokenize` are asked instead.
 * - `stream_options: { include_usage, continuous_usage_stats }`: the latter where the turn may be cut short by us.
 * - `chat_template_kwargs`: the template's variables, `reasoning_effort` among them, since `/tokenize` has no field for it.
 *   `add_generation_prompt` is true by default.
 *
 * Stop strings are not handed on: vLLM applies them to raw output, reasoning and arguments included.
 */
export function vllmEngine({ url, format, apiKey, name = "vllm" }: VllmOptions): Engine {
  const upstream = createUpstream(name, url, apiKey);
  /** Whether this server is known to leave `return_prompt_text` unanswered. */
  let promptless = false;

  /** The end of the prompt as this server renders it: enough for the last marker and the generation prompt. */
  async function promptTail(turn: GenerateRequest, signal: AbortSignal): Promise<string> {
    const rendered = await requestJson(upstream, "/tokenize", {
      body: { model: turn.model.id, ...conversation(turn) },
      signal,
    });
    const tokens = isRecord(rendered) && Array.isArray(rendered["tokens"]) ? rendered["tokens"] : [];
    const text = await requestJson(upstream, "/detokenize", {
      body: { model: turn.model.id, tokens: tokens.slice(-64) },
      signal,
    });
    return isRecord(text) && typeof text["prompt"] === "string" ? text["prompt"] : "";
  }

  async function* generate(turn: GenerateRequest, signal: AbortSignal): AsyncGenerator<Piece, Finish> {
    const reasons = turn.model.format.reasoning !== undefined;
    const prompt = reasons && (promptless || turn.constrain) ? await promptTail(turn, signal) : undefined;
    if (prompt !== undefined) yield { type: "prompt", text: prompt };
    const structuralTag = turn.constrain?.(prompt);
    const askForPrompt = reasons && prompt === undefined;

    const response = await request(upstream, "/v1/chat/completions", {
      body: {
        model: turn.model.id,
        ...conversation(turn),
        ...(turn.tools.length > 0 && { tool_choice: "none" }),
        ...turn.sampling,
        stream: true,
        stream_options: { include_usage: true, ...(turn.mayBeCut && { continuous_usage_stats: true }) },
        skip_special_tokens: false,
        spaces_between_special_tokens: false,
        ...(askForPrompt && { return_prompt_text: true }),
        ...(structuralTag && { structured_outputs: { structural_tag: JSON.stringify(structuralTag) } }),
      },
      accept: "text/event-stream",
      signal,
    });
    const pieces = readChatStream(upstream, response, signal);
    if (!askForPrompt) return yield* pieces;

    let prompted = false;
    for (;;) {
      const step = await pieces.next();
      if (step.done) return step.value;
      if (step.value.type === "prompt") prompted = true;
      if (!prompted) {
        prompted = promptless = true;
        yield { type: "prompt", text: await promptTail(turn, signal) };
      }
      yield step.value;
    }
  }

  return {
    name,
    kind: "vllm",
    capabilities: {
      mask: false,
      grammar: "structural_tag",
      tokens: false,
      textOnly: false,
      sampling: [
        "max_tokens",
        "temperature",
        "top_p",
        "top_k",
        "min_p",
        "seed",
        "frequency_penalty",
        "presence_penalty",
        "repetition_penalty",
        "logit_bias",
      ],
    },
    models: (signal) => remoteModels(upstream, format, signal),
    generate,
  };
}

/** What the template renders; the same for a completion and for `/tokenize`. */
function conversation({
  messages,
  tools,
  templateVariables,
  reasoningEffort,
}: GenerateRequest): Record<string, unknown> {
  const variables = {
    ...(reasoningEffort !== undefined && { reasoning_effort: reasoningEffort }),
    ...templateVariables,
  };
  return {
    messages,
    ...(tools.length > 0 && { tools: tools.map(chatTool) }),
    ...(Object.keys(variables).length > 0 && { chat_template_kwargs: variables }),
  };
}
