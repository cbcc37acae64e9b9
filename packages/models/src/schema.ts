import * as v from "valibot";
import type { ModelProfile } from "./profile.ts";

const text = v.pipe(v.string(), v.nonEmpty("a text that is not empty"));
const count = v.pipe(v.number(), v.integer("a whole number"), v.minValue(1, "a number from 1"));
const positive = v.pipe(v.number(), v.gtValue(0, "a number above 0"));
const share = v.pipe(v.number(), v.minValue(0, "a number from 0"), v.maxValue(1, "a number up to 1"));
const penalty = v.pipe(v.number(), v.minValue(0, "a number from 0"), v.maxValue(2, "a number up to 2"));
const texts = v.pipe(v.array(text), v.nonEmpty("a list that is not empty"));
const switchValue = v.union([v.string(), v.number(), v.boolean()]);

const sampling = v.strictObject({
  temperature: v.optional(penalty),
  topP: v.optional(share),
  topK: v.optional(count),
  minP: v.optional(share),
  repetitionPenalty: v.optional(penalty),
  presencePenalty: v.optional(
    v.pipe(v.number(), v.minValue(-2, "a number from -2"), v.maxValue(2, "a number up to 2")),
  ),
});

const tokenLayers = { layers: count, kvHeads: count, headDim: count };
const cacheLayers = v.variant("kind", [
  v.strictObject({ kind: v.literal("full"), ...tokenLayers }),
  v.strictObject({ kind: v.literal("window"), ...tokenLayers, window: count }),
  v.strictObject({ kind: v.literal("latent"), layers: count, width: count }),
  v.strictObject({ kind: v.literal("state"), layers: count, bytes: count }),
]);

const attention = v.strictObject({
  heads: count,
  layers: v.pipe(v.array(cacheLayers), v.nonEmpty("a list that is not empty")),
});

const size = v.strictObject({
  model: text,
  aliases: v.optional(texts),
  parameters: positive,
  activeParameters: v.optional(positive),
  weights: v.optional(v.picklist(["bf16", "fp8", "int8", "int4", "mxfp4", "q8_0", "q4_k_m"])),
  weightBytes: v.optional(count),
  contextLength: v.optional(count),
  toolsSoftCap: count,
  attention: v.optional(attention),
  gguf: v.optional(text),
});

const profile = v.strictObject({
  $schema: v.optional(text),
  name: v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9.-]*$/, "a name of small letters, digits, dots and dashes")),
  title: text,
  models: texts,
  format: v.optional(text),
  tools: v.strictObject({
    offered: v.optional(v.boolean()),
    calls: v.optional(v.boolean()),
    parallel: v.optional(v.boolean()),
    results: v.optional(v.boolean()),
  }),
  reasoning: v.strictObject({
    mode: v.picklist(["none", "always", "switch", "level", "prompt", "unknown"]),
    kwarg: v.optional(text),
    values: v.optional(v.pipe(v.array(switchValue), v.minLength(2, "a list of at least two"))),
    default: v.optional(switchValue),
  }),
  contextLength: v.optional(count),
  sampling: v.optional(sampling),
  samplingWithoutReasoning: v.optional(sampling),
  sizes: v.pipe(v.array(size), v.nonEmpty("a list that is not empty")),
  engines: v.optional(
    v.strictObject({ vllm: v.optional(texts), sglang: v.optional(texts), llamacpp: v.optional(texts) }),
  ),
  notes: v.optional(texts),
  sources: texts,
});

/** The fields of a profile, for a validator or a JSON Schema. */
export const profileSchema: v.GenericSchema<unknown, ModelProfile & { readonly $schema?: string | undefined }> =
  profile as unknown as v.GenericSchema<unknown, ModelProfile & { readonly $schema?: string | undefined }>;
