import type { Models, ServedModel } from "../models.ts";
import { speaksMessages } from "./messages/speaks-messages.ts";

export interface ModelObject {
  readonly id: string;
  readonly object: "model";
  readonly created: number;
  readonly owned_by: string;
  /** Not OpenAI's: how the model speaks, how much it can read, and what a person should know of it. */
  readonly format?: string;
  readonly max_model_len?: number;
  readonly description?: string;
}

/** Models have no date of their own here: the gateway's start is what clients get to see. */
const created = Math.floor(Date.now() / 1000);

/** A model as Anthropic lists it. */
interface ModelInfo {
  readonly type: "model";
  readonly id: string;
  readonly display_name: string;
  readonly created_at: string;
  readonly max_input_tokens: number | null;
  readonly max_tokens: number | null;
}

/** `GET /v1/models` */
export async function listModels(http: Request, models: Models): Promise<Response> {
  const served = await models.list();
  if (!speaksMessages(http)) return Response.json({ object: "list", data: served.map(modelObject) });
  const data = served.map(modelInfo);
  return Response.json({ data, has_more: false, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null });
}

/** `GET /v1/models/{id}`; the id may hold slashes. */
export async function getModel(http: Request, models: Models, id: string): Promise<Response> {
  const served = await models.find(id);
  return Response.json(speaksMessages(http) ? modelInfo(served) : modelObject(served));
}

function modelInfo({ model: { id, contextLength } }: ServedModel): ModelInfo {
  return {
    type: "model",
    id,
    display_name: id,
    created_at: new Date(created * 1000).toISOString(),
    max_input_tokens: contextLength ?? null,
    max_tokens: contextLength ?? null,
  };
}

function modelObject({ model }: ServedModel): ModelObject {
  return {
    id: model.id,
    object: "model",
    created,
    owned_by: model.owner,
    ...(!model.embeddingsOnly && { format: model.format.name }),
    ...(model.contextLength !== undefined && { max_model_len: model.contextLength }),
    ...(model.description !== undefined && { description: model.description }),
  };
}
