import type { Placement } from "./assign.ts";
import { images } from "./images.ts";
import { GIB } from "./memory.ts";
import type { EngineKind } from "./stack.ts";

/** As much of a compose service as we write. */
export interface Service {
  readonly image: string;
  readonly [field: string]: unknown;
}

/** The port on which an engine listens in its container: its own default. */
export const enginePort: Readonly<Record<EngineKind, number>> = { vllm: 8000, sglang: 30_000, llamacpp: 8080 };

/** What was started on an engine's cards before it. */
export interface Earlier {
  /** The services that have to be healthy first. */
  readonly after: readonly string[];
  /** How much of a card they may take, from 0 to 1; of several cards, of the fullest. */
  readonly taken: number;
}

/**
 * The service of an engine that serves a model raw: its own parsers of tools and reasoning stay off, and Glossa reads what
 * the model wrote. Flags as the documentation of vLLM 0.30, SGLang 0.5 and llama.cpp's server has them.
 */
export function engineService(placement: Placement, { after, taken }: Earlier): Service {
  const { model, gpus } = placement;
  const { image, entrypoint, command, environment, health, volumes } = parts[model.engine](placement, taken);
  return {
    image,
    restart: "unless-stopped",
    ...(entrypoint && { entrypoint }),
    command: [...command.flat(), ...flagsOf(placement)].map(literal),
    environment: { HF_TOKEN: "${HF_TOKEN:-}", ...environment },
    volumes,
    expose: [String(enginePort[model.engine])],
    healthcheck: {
      test: ["CMD", ...health],
      interval: "10s",
      timeout: "5s",
      retries: 6,
      start_period: `${startMinutes(placement)}m`,
    },
    // Processes of one engine talk through shared memory.
    ...(gpus.length > 0 && { ipc: "host" }),
    ...(model.engine === "sglang" && { ulimits: { memlock: -1, stack: 67_108_864 } }),
    ...(gpus.length > 0 && {
      deploy: {
        resources: {
          reservations: {
            devices: [{ driver: "nvidia", device_ids: gpus.map(({ id }) => id), capabilities: ["gpu"] }],
          },
        },
      },
    }),
    // Each measures what is free on the card when it starts, so that one has to be done before the next begins.
    ...(after.length > 0 && {
      depends_on: Object.fromEntries(after.map((name) => [name, { condition: "service_healthy" }])),
    }),
  };
}

/** Compose replaces what follows a dollar, unless there are two. */
export const literal = (text: string): string => text.replaceAll("$", "$$$$");

interface Parts {
  readonly image: string;
  readonly entrypoint?: readonly string[];
  /** Flags, each with its value. */
  readonly command: readonly (readonly string[])[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly health: readonly string[];
  readonly volumes: readonly string[];
}

const hubCache = "${HF_HOME:-~/.cache/huggingface}:/root/.cache/huggingface";

/** The images have Python for certain, and curl by chance. */
const askPython = (port: number): readonly string[] => [
  "python3",
  "-c",
  `import urllib.request as u; u.urlopen('http://127.0.0.1:${port}/health', timeout=4)`,
];

const parts: Readonly<Record<EngineKind, (placement: Placement, taken: number) => Parts>> = {
  vllm: ({ model, gpus, share, context, inFlight, attention }) => ({
    image: images.vllm,
    entrypoint: ["vllm", "serve"],
    command: [
      [model.model, "--served-model-name", model.model],
      ["--host", "0.0.0.0", "--port", String(enginePort.vllm)],
      ["--max-model-len", String(context), "--max-num-seqs", String(Math.max(64, model.sequences))],
      ["--gpu-memory-utilization", String(share)],
      ...(gpus.length > 1 ? [["--tensor-parallel-size", String(gpus.length)]] : []),
      ["--enable-chunked-prefill", "--max-num-batched-tokens", "8192"],
      // States of linear layers have no prefix to share but at the borders of blocks: there the engine's default stays.
      ...(attention.layers.some(({ kind }) => kind === "state") ? [] : [["--enable-prefix-caching"]]),
      ...(inFlight ? [["--quantization", "fp8"]] : []),
    ],
    health: askPython(enginePort.vllm),
    volumes: [hubCache],
  }),
  sglang: ({ model, gpus, share, need, context, inFlight }, taken) => ({
    image: images.sglang,
    entrypoint: ["python3", "-m", "sglang.launch_server"],
    command: [
      ["--model-path", model.model, "--served-model-name", model.model],
      ["--host", "0.0.0.0", "--port", String(enginePort.sglang)],
      ["--context-length", String(context), "--max-running-requests", String(Math.max(64, model.sequences))],
      // Weights and cache, without what the engine needs besides, of what is free when it starts.
      ["--mem-fraction-static", ((share - need.overhead / (gpus[0]!.memory * GIB)) / (1 - taken)).toFixed(3)],
      ...(gpus.length > 1 ? [["--tp-size", String(gpus.length)]] : []),
      ["--chunked-prefill-size", "8192", "--enable-metrics"],
      ...(inFlight ? [["--quantization", "fp8"]] : []),
    ],
    health: askPython(enginePort.sglang),
    volumes: [hubCache],
  }),
  llamacpp: ({ model, gpus, size, quantization, context }) => ({
    image: gpus.length > 0 ? images.llamacppCuda : images.llamacpp,
    command: [
      ["-hf", ggufOf(model.gguf ?? size.gguf!, quantization), "--alias", model.model],
      ["--host", "0.0.0.0", "--port", String(enginePort.llamacpp)],
      // The context is that of all sequences together.
      ["--ctx-size", String(context * model.sequences), "--parallel", String(model.sequences)],
      ...(gpus.length > 0 ? [["--n-gpu-layers", "999"]] : []),
      // Special tokens stay in the text, which is where most markup is.
      ["--jinja", "--special", "--reasoning-format", "none", "--metrics"],
    ],
    environment: { LLAMA_CACHE: "/models" },
    health: ["curl", "-fsS", `http://127.0.0.1:${enginePort.llamacpp}/health`],
    volumes: ["gguf:/models"],
  }),
};

/** What the profile and the user add. */
function flagsOf({ model, profile }: Placement): readonly string[] {
  return [...(profile.profile.engines?.[model.engine] ?? []), ...model.flags];
}

/** The tag of a repository names the file: `owner/name-GGUF:Q4_K_M`. */
const ggufOf = (repository: string, quantization: string): string =>
  repository.includes(":") ? repository : `${repository}:${quantization.toUpperCase()}`;

/** To download the weights, load them and warm up: ten minutes, and one more for every five gigabytes. */
function startMinutes({ need, gpus }: Placement): number {
  const weights = need.weights * Math.max(1, gpus.length);
  return 10 + Math.ceil(weights / 5e9);
}
