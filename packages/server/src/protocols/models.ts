import type { Models, ServedModel } from "../models.ts";

export interface ModelObject {
  readonly id: string;
  readonly object: "model";
  readonly created: number;
  readonly owned_by: string;
  /** Not OpenAI's: how the model speaks, how much it can read, and what a person should know of it. */
  readonly format: string;
  readonly max_model_len?: number;
  readonly description?: string;
}

/** Models have no date of their own here: the gateway's start is what clients get to see. */
const created = Math.floor(Date.now() / 1000);

/** `GET /v1/models` */
export async function listModels(models: Models): Promise<Response> {
  return Response.json({ object: "list", data: (await models.list()).map(modelObject) });
}

/** `GET /v1/models/{id}`; the id may hold slashes. */
export async function getModel(models: Models, id: string): Promise<Response> {
  return Response.json(modelObject(await models.find(id)));
}

function modelObject({ model }: ServedModel): ModelObject {
  return {
    id: model.id,
    object: "model",
    created,
    owned_by: model.owner,
    format: model.format.name,
    ...(model.contextLength !== undefined && { max_model_len: model.contextLength }),
    ...(model.description !== undefined && { description: model.description }),
  };
}
