import {
  isPrompt,
  type EmbeddingsRequest,
  type Engine,
  type EngineTokenizer,
  type Finish,
  type GenerateRequest,
  type Model,
  type Pieces,
} from "../engines/engine.ts";
import { ApiError, engineError } from "../error.ts";
import { byAffinity, conversationStart } from "./affinity.ts";
import { createCircuitBreaker, type BreakerOptions, type CircuitBreaker } from "./circuit-breaker.ts";
import { createSlots, type Candidate, type SlotOptions } from "./slots.ts";

export interface ReplicaOptions extends SlotOptions {
  readonly name?: string;
  readonly replicas: readonly ReplicaSource[];
  readonly breaker?: BreakerOptions;
  /** How many replicas a turn tries that fails before its first byte. Default 2. */
  readonly attempts?: number;
  /** Milliseconds between two checks whether the replicas still answer; 0 for none. Default 10,000. */
  readonly checkInterval?: number;
}

export interface ReplicaSource {
  readonly engine: Engine;
  /** What its conversations are hashed by, the same in every gateway: its address. Default: the engine's name and its place. */
  readonly id?: string;
  /** Its share beside the others'. Default 1. */
  readonly weight?: number;
}

interface Replica extends Candidate {
  readonly engine: Engine;
  readonly breaker: CircuitBreaker;
  /** Its models as last heard, by name. */
  models: ReadonlyMap<string, Model>;
}

const checkTimeout = 5000;

/**
 * Several engines of one kind that serve the same models, as one. A turn goes to the replica that its conversation has always
 * gone to, by a hash of how it starts, unless that one is overloaded or fails. What fails before its first byte is tried on
 * another: nothing has been seen of it, and decoding it again changes nothing outside. Later it is the client's to know.
 *
 * Throws `TypeError` where the engines differ in what they can do.
 */
export function replicaEngine(options: ReplicaOptions): Engine {
  const { replicas: sources, attempts = 2, checkInterval = 10_000 } = options;
  const [first, ...others] = sources.map(({ engine }) => engine);
  if (!first) throw new TypeError("an engine needs a replica at least");
  if (others.some((engine) => abilities(engine) !== abilities(first))) {
    throw new TypeError("the replicas of an engine must be of one kind, with the same capabilities");
  }
  const { name = first.name } = options;
  const slots = createSlots<Replica>(options);
  const replicas = sources.map((source, index) => createReplica(source, index, options.breaker));

  async function ask(replica: Replica, signal: AbortSignal | undefined): Promise<readonly Model[]> {
    const models = await replica.engine.models(signal);
    replica.models = new Map(models.map((model) => [model.id, model]));
    return models;
  }

  /** One that failed is tried by asking for its models before a turn is; one that works may be found to be gone. */
  async function check(replica: Replica): Promise<void> {
    const { breaker } = replica;
    if (!breaker.allows) return;
    const wasClosed = breaker.state === "closed";
    const outcome = breaker.begin();
    try {
      await ask(replica, AbortSignal.timeout(checkTimeout));
      if (wasClosed) outcome.ended();
      else outcome.succeeded();
    } catch {
      outcome.failed();
    }
    slots.admit();
  }

  const checks =
    checkInterval > 0 ? setInterval(() => void Promise.all(replicas.map(check)), checkInterval) : undefined;
  // Node's timers keep a process alive for this otherwise; those of other runtimes are numbers.
  if (typeof checks === "object") checks.unref();

  async function* generate(request: GenerateRequest, signal: AbortSignal): AsyncGenerator<Pieces, Finish> {
    const key = conversationStart(request);
    const serving = replicas.filter(({ models }) => models.has(request.model.id));
    let left = byAffinity(key, serving);
    for (let attempt = 1; ; attempt++) {
      if (!left.some(({ allows }) => allows)) throw unavailable(name, serving);
      const replica = await slots.take(left, signal);
      const turn = replica.breaker.begin();
      const model = replica.models.get(request.model.id) ?? request.model;
      const pieces = replica.engine.generate({ ...request, model }, signal);
      const start = Date.now();
      /** The prompt is none of the answer's bytes: it goes with the first of them. */
      let prompt: Pieces | undefined;
      let begun = false;
      let ended = false;
      try {
        for (;;) {
          const { done, value } = await pieces.next();
          if (done) {
            ended = true;
            turn.succeeded();
            if (prompt) yield prompt;
            return value;
          }
          if (!begun && isPrompt(value)) {
            prompt = value;
            continue;
          }
          begun = true;
          if (prompt) yield prompt;
          prompt = undefined;
          yield value;
        }
      } catch (error) {
        ended = true;
        const fault = signal.aborted ? "none" : faultOf(error);
        if (fault === "engine") turn.failed();
        left = left.filter((each) => each !== replica);
        if (begun || fault === "none" || left.length === 0 || attempt >= attempts) throw error;
      } finally {
        turn.ended();
        if (!ended) await pieces.return(undefined as never);
        slots.release(replica, Date.now() - start);
      }
    }
  }

  /** Embeddings count against a replica's slots as turns do; what fails is tried on another, nothing of it having been seen. */
  async function embeddings(
    request: EmbeddingsRequest,
    signal: AbortSignal,
  ): Promise<Readonly<Record<string, unknown>>> {
    const key = JSON.stringify(request.body["input"] ?? "").slice(0, 1024);
    const serving = replicas.filter(({ models }) => models.has(request.model.id));
    let left = byAffinity(key, serving);
    for (let attempt = 1; ; attempt++) {
      if (!left.some(({ allows }) => allows)) throw unavailable(name, serving);
      const replica = await slots.take(left, signal);
      const outcome = replica.breaker.begin();
      const model = replica.models.get(request.model.id) ?? request.model;
      const start = Date.now();
      try {
        const answer = await replica.engine.embeddings!({ ...request, model }, signal);
        outcome.succeeded();
        return answer;
      } catch (error) {
        const fault = signal.aborted ? "none" : faultOf(error);
        if (fault === "engine") outcome.failed();
        left = left.filter((each) => each !== replica);
        if (fault === "none" || left.length === 0 || attempt >= attempts) throw error;
      } finally {
        outcome.ended();
        slots.release(replica, Date.now() - start);
      }
    }
  }

  /** Any replica can tell of tokens: the first that may be asked. */
  function anyTokenizer<T extends { readonly model: Model }>(request: T): { tokenizer: EngineTokenizer; owned: T } {
    const serving = replicas.filter(({ models }) => models.has(request.model.id));
    const replica = serving.find(({ allows }) => allows);
    const tokenizer = replica?.engine.tokenizer;
    if (!replica || !tokenizer) throw unavailable(name, serving);
    return { tokenizer, owned: { ...request, model: replica.models.get(request.model.id) ?? request.model } };
  }

  const tokenizer: EngineTokenizer = {
    async promptTokens(prompt, signal) {
      const { tokenizer: asked, owned } = anyTokenizer(prompt);
      return asked.promptTokens(owned, signal);
    },
    async encode(request, signal) {
      const { tokenizer: asked, owned } = anyTokenizer(request);
      return asked.encode(owned, signal);
    },
    async decode(request, signal) {
      const { tokenizer: asked, owned } = anyTokenizer(request);
      return asked.decode(owned, signal);
    },
  };

  return {
    name,
    kind: first.kind,
    capabilities: first.capabilities,
    async models(signal) {
      const answers = await Promise.allSettled(replicas.map((replica) => ask(replica, signal)));
      const failed = answers.find((answer) => answer.status === "rejected");
      const listed = answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
      if (failed && listed.length === 0) throw failed.reason;
      return [...new Map(listed.toReversed().map((model) => [model.id, model])).values()].toReversed();
    },
    generate,
    queued: () => slots.queued,
    ...(first.countTokens && { countTokens: first.countTokens }),
    ...(sources.every(({ engine }) => engine.embeddings) && { embeddings }),
    ...(first.tokenizer && { tokenizer }),
    async close() {
      clearInterval(checks);
      await Promise.all(replicas.map(({ engine }) => engine.close?.()));
    },
  };
}

function createReplica({ engine, id, weight = 1 }: ReplicaSource, index: number, options?: BreakerOptions): Replica {
  const breaker = createCircuitBreaker(options);
  return {
    engine,
    breaker,
    id: id ?? `${engine.name} ${index}`,
    weight,
    running: 0,
    models: new Map(),
    get allows() {
      return breaker.allows;
    },
  };
}

function abilities({ kind, capabilities }: Engine): string {
  return JSON.stringify([kind, capabilities]);
}

/**
 * Whose fault it is: the engine's own, which counts against it; that it is busy, where another may not be; or the request's,
 * which every replica would refuse.
 */
function faultOf(error: unknown): "engine" | "busy" | "none" {
  if (!(error instanceof ApiError)) return "none";
  if (error.status === 429) return "busy";
  return error.type === "engine_error" ? "engine" : "none";
}

function unavailable(name: string, replicas: readonly Replica[]): ApiError {
  const wait = Math.min(...replicas.map(({ breaker }) => breaker.wait));
  const retryAfter = String(Number.isFinite(wait) ? Math.max(1, Math.ceil(wait / 1000)) : 1);
  const message = `The engine ${name} fails at present.`;
  return engineError(message, "engine_unavailable", { status: 503, retryAfter });
}
