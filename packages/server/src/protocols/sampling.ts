import type { Sampling } from "../engines/engine.ts";
import { invalidRequest } from "../error.ts";
import type { ServedModel } from "../models.ts";

export type GivenSampling = { readonly [Field in keyof Sampling]?: Sampling[Field] | null | undefined };

/** The parameters that are given. Throws `ApiError` for one that would have no effect with the model's engine. */
export function samplingFor({ model, engine }: ServedModel, given: GivenSampling): Sampling {
  const { sampling: supported } = engine.capabilities;
  const sampling = Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined && value !== null),
  ) as Sampling;
  for (const field of Object.keys(sampling) as (keyof Sampling)[]) {
    if (supported === "any" || supported.includes(field) || neutral(field, sampling[field])) continue;
    const message = `Unsupported parameter: '${field}' has no effect with the model ${model.id}.`;
    throw invalidRequest(message, field, "unsupported_parameter");
  }
  return sampling;
}

/** Whether the value says "no effect", so that an engine without the parameter does what is asked. */
function neutral(field: keyof Sampling, value: Sampling[keyof Sampling]): boolean {
  switch (field) {
    case "top_p":
    case "repetition_penalty":
      return value === 1;
    case "top_k":
      return value === 0 || value === -1;
    case "min_p":
    case "frequency_penalty":
    case "presence_penalty":
      return value === 0;
    case "logit_bias":
      return typeof value === "object" && Object.keys(value).length === 0;
    default:
      return false;
  }
}
