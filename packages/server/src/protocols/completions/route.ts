import { invalidRequest } from "../../error.ts";
import type { Gateway } from "../../gateway.ts";
import type { ServedModel } from "../../models.ts";
import type { TurnRequest } from "../../turn.ts";
import { collectChoices, repeated, streamChoices } from "../choices.ts";
import { logprobsFor } from "../logprobs.ts";
import { readJson } from "../read-json.ts";
import { samplingFor } from "../sampling.ts";
import { createTextCollector, createTextWriter, type TextHead } from "./completion.ts";
import { parseRequest, promptsOf, type CompletionRequest } from "./request.ts";

/** What the reference says of `max_tokens`. */
const defaultMaxTokens = 16;

/** `POST /v1/completions`: a prompt as it is, and what the model writes as it is. Throws `ApiError` before the answer starts. */
export async function completions(http: Request, gateway: Gateway): Promise<Response> {
  const request = parseRequest(await readJson(http));
  const served = await gateway.models.findSpeaker(request.model ?? undefined);
  const { model, engine } = served;
  if (!engine.capabilities.rawPrompt) {
    const message = `The model ${model.id} takes conversations only: use /v1/chat/completions.`;
    throw invalidRequest(message, "model", "unsupported_endpoint");
  }
  const prompts = await Promise.all(promptsOf(request).map((prompt) => textOf(prompt, served, http.signal)));
  const answers = request.n ?? 1;
  const turns = prompts.flatMap((prompt) => repeated(turnRequest(request, prompt, served), answers));
  const head: TextHead = {
    id: `cmpl-${crypto.randomUUID().replaceAll("-", "")}`,
    object: "text_completion",
    created: Math.floor(Date.now() / 1000),
    model: model.id,
    ...(model.fingerprint !== undefined && { system_fingerprint: model.fingerprint }),
  };
  const logprobs = typeof request.logprobs === "number";
  const echoes = turns.map(({ rawPrompt = "" }) => (request.echo ? rawPrompt : ""));
  if (request.stream) {
    const includeUsage = request.stream_options?.include_usage ?? false;
    return streamChoices(http, gateway, turns, createTextWriter(head, { echoes, answers, logprobs, includeUsage }));
  }
  const collector = createTextCollector({ echoes, answers, logprobs });
  const ends = await collectChoices(http, gateway, turns, collector.add);
  return Response.json(collector.completion(head, ends));
}

/** Engines take text: tokens are turned into it by the engine that knows them. */
async function textOf(
  prompt: string | readonly number[],
  { model, engine }: ServedModel,
  signal: AbortSignal,
): Promise<string> {
  if (typeof prompt === "string") return prompt;
  if (engine.tokenizer) return engine.tokenizer.decode({ model, tokens: prompt }, signal);
  const message = `Invalid value for 'prompt': the engine of the model ${model.id} can't read tokens, send text.`;
  throw invalidRequest(message, "prompt");
}

function turnRequest(request: CompletionRequest, rawPrompt: string, served: ServedModel): TurnRequest {
  const { temperature, top_p, top_k, min_p, seed, frequency_penalty, presence_penalty } = request;
  const { repetition_penalty, logit_bias, max_tokens } = request;
  return {
    ...served,
    messages: [],
    continueFinalMessage: false,
    rawPrompt,
    tools: [],
    toolChoice: "none",
    parallelToolCalls: true,
    responseFormat: { type: "text" },
    stop: [request.stop ?? []].flat().filter((sequence) => sequence !== ""),
    stopScope: "content",
    sampling: samplingFor(served, {
      max_tokens: max_tokens ?? defaultMaxTokens,
      temperature,
      top_p,
      top_k,
      min_p,
      seed,
      frequency_penalty,
      presence_penalty,
      repetition_penalty,
      logit_bias,
    }),
    ...logprobsFor(served, request.logprobs ?? undefined, "logprobs"),
    templateVariables: {},
    fields: { prompt: "prompt", toolChoice: "prompt", answerSchema: "prompt", parameters: () => "prompt" },
    notes: [],
  };
}
