import * as v from "valibot";
import { invalidRequest } from "../../error.ts";
import type { Gateway } from "../../gateway.ts";
import { readJson } from "../read-json.ts";
import { wholeFrom } from "../schemas.ts";
import { validate } from "../validate.ts";

const tokens = v.array(wholeFrom(0));

/** What servers add (`truncate_prompt_tokens`, `messages`) is theirs to read. */
const requestSchema = v.looseObject({
  model: v.nullish(v.string()),
  input: v.nullish(v.union([v.string(), v.array(v.string()), tokens, v.array(tokens)])),
});

/** `POST /v1/embeddings`: handed to the model's engine and back, the model by its name on either side. */
export async function embeddings(http: Request, gateway: Gateway): Promise<Response> {
  const body = validate(requestSchema, await readJson(http));
  const { model, engine } = await gateway.models.find(body.model ?? undefined);
  gateway.askedFor(http, model);
  if (!engine.embeddings) {
    const message = `The engine of the model ${model.id} makes no embeddings.`;
    throw invalidRequest(message, "model", "unsupported_endpoint");
  }
  if ((body.input ?? body["messages"] ?? undefined) === undefined) {
    throw invalidRequest("Missing required parameter: 'input'.", "input", "missing_required_parameter");
  }
  const lifetime = gateway.openLifetime(http.signal);
  try {
    const answer = await engine.embeddings({ model, body }, lifetime.signal);
    return Response.json({ ...answer, model: model.id });
  } finally {
    lifetime.end();
  }
}
