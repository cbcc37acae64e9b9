import * as v from "valibot";
import { invalidRequest } from "../../error.ts";
import type { Gateway } from "../../gateway.ts";
import { parseRequest as parseChatRequest } from "../chat-completions/request.ts";
import { turnRequest } from "../chat-completions/turn-request.ts";
import { readJson } from "../read-json.ts";
import { wholeFrom } from "../schemas.ts";
import { tokenizerOf } from "../tokenizer-of.ts";
import { validate } from "../validate.ts";

const encodeSchema = v.looseObject({
  model: v.nullish(v.string()),
  prompt: v.nullish(v.string()),
  add_special_tokens: v.nullish(v.boolean()),
});

const decodeSchema = v.looseObject({ model: v.nullish(v.string()), tokens: v.array(wholeFrom(0)) });

/**
 * `POST /tokenize`, as vLLM has it: the tokens of a `prompt`, or of the prompt that the `messages` and `tools` of a chat
 * completion make.
 */
export async function tokenize(http: Request, gateway: Gateway): Promise<Response> {
  const body = await readJson(http);
  const request = validate(encodeSchema, body);
  const served = await gateway.models.find(request.model ?? undefined);
  const { model } = served;
  const tokenizer = tokenizerOf(served);
  const { prompt } = request;
  if (typeof prompt !== "string" && request["messages"] === undefined) {
    const message = "Missing required parameter: 'prompt', or 'messages' in its place.";
    throw invalidRequest(message, "prompt", "missing_required_parameter");
  }
  const tokens =
    typeof prompt === "string"
      ? await tokenizer.encode(
          { model, text: prompt, addSpecialTokens: request.add_special_tokens ?? true },
          http.signal,
        )
      : await tokenizer.promptTokens(turnRequest(parseChatRequest(body), served, { legacy: false }).turn, http.signal);
  const { contextLength: max_model_len = null } = model;
  return Response.json({ count: tokens.length, max_model_len, tokens, token_strs: null });
}

/** `POST /detokenize`, as vLLM has it: the text of `tokens`. */
export async function detokenize(http: Request, gateway: Gateway): Promise<Response> {
  const { model: id, tokens } = validate(decodeSchema, await readJson(http));
  const served = await gateway.models.find(id ?? undefined);
  const prompt = await tokenizerOf(served).decode({ model: served.model, tokens }, http.signal);
  return Response.json({ prompt });
}
