import type { Attention, FoundProfile, ModelSize, ProfileFinder } from "@glossa/models";
import { InputError } from "../input-error.ts";
import { canSpread, GIB, inGib, need, type Load, type Need } from "./memory.ts";
import type { Gpu, Quantization, Stack, StackModel } from "./stack.ts";

/** One engine: a replica of a model, and where it runs. */
export interface Placement {
  readonly model: StackModel;
  readonly profile: FoundProfile;
  readonly size: ModelSize;
  readonly attention: Attention;
  readonly quantization: Quantization;
  /** Whether the engine has to quantise weights that the checkpoint has in 16 bits. */
  readonly inFlight: boolean;
  readonly context: number;
  /** From 1, where there are several. */
  readonly replica: number;
  /** Where it runs; none on the processor. */
  readonly gpus: readonly Gpu[];
  /** On each card, or in the machine's memory. */
  readonly need: Need;
  /** How much of each card the engine may take, from 0 to 1. */
  readonly share: number;
}

/** What of a card is given out; the rest is the driver's, and room for what nobody reckoned with. */
export const USABLE = 0.9;

/** What is known of a model of the stack, before it has a place. */
interface Candidate extends Omit<Placement, "gpus" | "need" | "share"> {
  readonly path: string;
}

/** The stack does not fit: what each card would have to hold, in words. */
export class DoesNotFit extends InputError {
  override readonly name = "DoesNotFit";
  readonly arithmetic: readonly string[];

  constructor(field: string, message: string, arithmetic: readonly string[]) {
    super(field, message);
    this.arithmetic = arithmetic;
  }
}

/**
 * Finds a place for every engine. The largest first; each on as few cards as hold it, and among those on the fullest that
 * still have room, so that the large ones find empty cards. Throws `DoesNotFit` with the arithmetic.
 */
export function assign(stack: Stack, findProfile: ProfileFinder): readonly Placement[] {
  const candidates = stack.models.flatMap((model, index) => describe(model, index, findProfile));
  const taken = new Map(stack.gpus.map((gpu) => [gpu.id, 0]));
  const placed = new Map<Candidate, { readonly gpus: readonly Gpu[]; readonly need: Need }>();
  const bySize = candidates
    .map((each) => ({ each, total: needOn(each, 1, true).total }))
    // A place that the user has chosen is taken before others are looked for.
    .sort((a, b) => Number(chosen(b.each)) - Number(chosen(a.each)) || b.total - a.total);
  for (const { each } of bySize) {
    const place = onProcessor(each, stack) ? processor(each) : card(each, stack, taken);
    for (const { id } of place.gpus) taken.set(id, taken.get(id)! + place.need.total);
    placed.set(each, place);
  }
  checkRam(stack, candidates, placed);
  return candidates.map((each) => {
    const { path: _path, ...rest } = each;
    const { gpus, need } = placed.get(each)!;
    return { ...rest, gpus, need, share: shareOf(gpus, need, taken) };
  });
}

const chosen = ({ model, replica }: Candidate): boolean => model.gpus !== undefined && replica === 1;

/** llama.cpp runs where there is no card; the others need one. */
const onProcessor = ({ model }: Candidate, { gpus }: Stack): boolean =>
  model.engine === "llamacpp" && gpus.length === 0;

const needOn = (candidate: Candidate, parallel: number, gpu: boolean): Need => {
  const { size, attention, quantization, context, model } = candidate;
  const load: Load = {
    size,
    attention,
    quantization,
    context,
    sequences: model.sequences,
    parallel,
    engine: model.engine,
    gpu,
  };
  return need(load);
};

function processor(candidate: Candidate): { readonly gpus: readonly Gpu[]; readonly need: Need } {
  return { gpus: [], need: needOn(candidate, 1, false) };
}

function card(
  candidate: Candidate,
  { gpus }: Stack,
  taken: ReadonlyMap<string, number>,
): { readonly gpus: readonly Gpu[]; readonly need: Need } {
  const { model, path, attention } = candidate;
  if (gpus.length === 0) {
    throw new InputError(`${path}.engine`, `found "${model.engine}", which needs a card, and no gpus are given`);
  }
  const free = (gpu: Gpu): number => gpu.memory * GIB * USABLE - taken.get(gpu.id)!;
  const tried: string[] = [];
  const own = chosen(candidate) ? gpus.filter(({ id }) => model.gpus!.includes(id)) : undefined;
  if (own && !canSpread(attention, own.length)) {
    throw new InputError(
      `${path}.gpus`,
      `found ${own.length} cards, over which ${attention.heads} heads can't be divided`,
    );
  }
  for (const parallel of own ? [own.length] : [1, 2, 4, 8]) {
    if (parallel > gpus.length || !canSpread(attention, parallel)) continue;
    const need = needOn(candidate, parallel, true);
    // The fullest that still have room first.
    const fitting = (own ?? gpus).filter((gpu) => free(gpu) >= need.total).sort((a, b) => free(a) - free(b));
    // Cards of one size work together; a larger one would wait for a smaller.
    const group = fitting.find((gpu) => fitting.filter(({ memory }) => memory === gpu.memory).length >= parallel);
    if (own ? fitting.length === parallel : group) {
      const picked = own ?? fitting.filter(({ memory }) => memory === group!.memory).slice(0, parallel);
      return { gpus: gpus.filter((gpu) => picked.includes(gpu)), need };
    }
    tried.push(sum(candidate, need, parallel));
  }
  const cards = gpus.map((gpu) => {
    const used = taken.get(gpu.id)!;
    const has = `card ${gpu.id}: ${gpu.memory} GiB x ${USABLE} = ${inGib(gpu.memory * GIB * USABLE)}`;
    return used === 0 ? has : `${has}, less ${inGib(used)} for others = ${inGib(free(gpu))}`;
  });
  throw new DoesNotFit(path, `${model.model} does not fit${own ? ` on ${own.map(({ id }) => id).join(", ")}` : ""}`, [
    ...tried,
    ...cards,
    "less context, fewer sequences, or weights of fewer bits (quantization) take less",
  ]);
}

/** `Qwen/Qwen3-8B: 15.3 GiB weights + 9.0 GiB cache (4 x 16384 tokens) + 2.0 GiB = 26.3 GiB`. */
function sum({ model, context, quantization }: Candidate, need: Need, parallel: number): string {
  const where = parallel === 1 ? "on one card" : `on each of ${parallel} cards`;
  return (
    `${model.model} ${where}: weights ${inGib(need.weights)} (${quantization}) + cache ${inGib(need.cache)} ` +
    `(${model.sequences} x ${context} tokens) + overhead ${inGib(need.overhead)} = ${inGib(need.total)}`
  );
}

/** Engines on one card share what is usable by what each needs; what nobody needs goes to their caches. */
function shareOf(gpus: readonly Gpu[], need: Need, taken: ReadonlyMap<string, number>): number {
  const shares = gpus.map(({ id }) => (USABLE * need.total) / taken.get(id)!);
  return Math.floor(Math.min(USABLE, ...shares) * 1000) / 1000;
}

function checkRam(
  { ram }: Stack,
  candidates: readonly Candidate[],
  placed: ReadonlyMap<Candidate, { readonly gpus: readonly Gpu[]; readonly need: Need }>,
): void {
  if (ram === undefined) return;
  const there = candidates.filter((each) => placed.get(each)!.gpus.length === 0);
  const total = there.reduce((all, each) => all + placed.get(each)!.need.total, 0);
  if (total <= ram * GIB * USABLE) return;
  throw new DoesNotFit("ram", `${inGib(total)} do not fit`, [
    ...there.map((each) => sum(each, placed.get(each)!.need, 1).replace("on one card", "in memory")),
    `memory: ${ram} GiB x ${USABLE} = ${inGib(ram * GIB * USABLE)}`,
  ]);
}

/** A model's replicas, each with what is known of it. */
function describe(model: StackModel, index: number, findProfile: ProfileFinder): readonly Candidate[] {
  const path = `models[${index}]`;
  const profile = findProfile(model.model);
  const size = profile?.size;
  if (!profile || !size) {
    const lack = profile
      ? `the profile ${profile.profile.name} has no checkpoint of this name`
      : "there is no profile of it";
    throw new InputError(
      `${path}.model`,
      `found ${JSON.stringify(model.model)}, and ${lack}; \`glossa models\` lists them, and \`profiles\` takes one of yours`,
    );
  }
  if (model.engine !== "llamacpp" && (!model.model.includes("/") || /[-_.]gguf$/i.test(model.model))) {
    throw new InputError(
      `${path}.model`,
      `found ${JSON.stringify(model.model)}, expected a name that ${model.engine} can fetch from the Hub, such as ${size.model}`,
    );
  }
  if (!size.attention) {
    throw new InputError(
      `${path}.model`,
      `found ${JSON.stringify(model.model)}, of which it is not known what it keeps in the cache; \`profiles\` takes a profile of yours with \`attention\``,
    );
  }
  if (profile.profile.format === "openai" && model.engine === "vllm") {
    throw new InputError(
      `${path}.engine`,
      'found "vllm", whose chat endpoint reads this model\'s Harmony itself, whatever its flags, expected "sglang" or "llamacpp"',
    );
  }
  if (model.engine === "llamacpp" && model.gguf === undefined && size.gguf === undefined) {
    throw new InputError(`${path}.gguf`, `found nothing, expected a repository that has ${size.model} as GGUF`);
  }
  const most = profile.contextLength;
  if (model.context !== undefined && most !== undefined && model.context > most) {
    throw new InputError(`${path}.context`, `found ${model.context}, and ${size.model} holds ${most} tokens`);
  }
  const { quantization, inFlight } = weightsOf(model, size, path);
  const context = model.context ?? Math.min(16_384, most ?? 16_384);
  return Array.from({ length: model.replicas }, (_, each) => ({
    path,
    model,
    profile,
    size,
    attention: size.attention!,
    quantization,
    inFlight,
    context,
    replica: each + 1,
  }));
}

/** What the weights are: what is asked for, what the checkpoint's name says, or what its profile says. */
function weightsOf(
  model: StackModel,
  size: ModelSize,
  path: string,
): { readonly quantization: Quantization; readonly inFlight: boolean } {
  if (model.engine === "llamacpp") return { quantization: ggufWeights(model, path), inFlight: false };
  const published = nameSays(model.model) ?? size.weights ?? "bf16";
  const quantization = model.quantization ?? published;
  if (quantization === published) return { quantization, inFlight: false };
  if (quantization === "fp8" && published === "bf16") return { quantization, inFlight: true };
  throw new InputError(
    `${path}.quantization`,
    `found "${quantization}", and the checkpoint is ${published}; of bf16 ones ${model.engine} makes fp8, any other needs a checkpoint of its own`,
  );
}

const ggufTypes: readonly Quantization[] = ["q4_k_m", "q8_0", "bf16", "mxfp4"];

/** What the tag of the repository says, or else what is asked for. */
function ggufWeights({ gguf, quantization }: StackModel, path: string): Quantization {
  if (quantization !== undefined && !ggufTypes.includes(quantization)) {
    throw new InputError(
      `${path}.quantization`,
      `found "${quantization}", expected q4_k_m, q8_0, bf16 or mxfp4 for llamacpp`,
    );
  }
  const tag = gguf?.split(":")[1];
  if (tag === undefined) return quantization ?? "q4_k_m";
  const tagged = ggufTypes.find((type) => type === tag.toLowerCase());
  if (tagged === undefined && quantization === undefined) {
    throw new InputError(
      `${path}.gguf`,
      `found the weights ${tag}, whose size is not known; \`quantization\` says the type to reckon with: ${ggufTypes.join(", ")}`,
    );
  }
  if (tagged !== undefined && quantization !== undefined && tagged !== quantization) {
    throw new InputError(`${path}.quantization`, `found "${quantization}", and gguf says ${tag}`);
  }
  return tagged ?? quantization!;
}

function nameSays(name: string): Quantization | undefined {
  if (/[-_](?:awq|gptq(?:-int4)?|int4|w4a16|4bit)$/i.test(name)) return "int4";
  if (/[-_](?:int8|w8a8|gptq-int8)$/i.test(name)) return "int8";
  if (/[-_]fp8(?:-dynamic)?$/i.test(name)) return "fp8";
  return undefined;
}
