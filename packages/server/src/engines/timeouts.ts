import { engineError } from "../error.ts";
import { following } from "../following.ts";
import {
  isPrompt,
  type EmbeddingsRequest,
  type Engine,
  type Finish,
  type GenerateRequest,
  type Pieces,
} from "./engine.ts";

/** How long an engine may take, in milliseconds; what is absent may take for ever. */
export interface Timeouts {
  /** From the request to the first piece of the answer: connection, queue and prompt are in it. */
  readonly firstToken?: number;
  /** From one piece to the next. */
  readonly idle?: number;
  /** From the request to the end of the answer. A client that reads slowly uses it up as well. */
  readonly total?: number;
}

/** The engine, given up where it takes longer: its request is cancelled, what it wrote stays delivered, and a 504 ends it. */
export function withTimeouts(engine: Engine, { firstToken, idle, total }: Timeouts): Engine {
  const { embeddings } = engine;

  function giveUpOn(own: AbortController): (milliseconds: number, what: string) => () => void {
    return (milliseconds, what) => () => {
      const message = `The engine ${engine.name} ${what} in ${milliseconds / 1000} seconds.`;
      own.abort(engineError(message, "engine_timeout", { status: 504 }));
    };
  }

  async function* generate(request: GenerateRequest, signal: AbortSignal): AsyncGenerator<Pieces, Finish> {
    const own = following(signal);
    const giveUp = giveUpOn(own);
    const totalTimer = start(total, (limit) => giveUp(limit, "did not end its answer"));
    // What comes in one piece can't be told from an engine that is stuck.
    const asked = firstToken === undefined && idle === undefined ? request : { ...request, whole: false };
    const pieces = engine.generate(asked, own.signal);
    let wrote = false;
    let ended = false;
    try {
      for (;;) {
        // It runs while the engine is waited for, and not while the client reads what there is.
        const timer = wrote
          ? start(idle, (limit) => giveUp(limit, "wrote nothing further"))
          : start(firstToken, (limit) => giveUp(limit, "began no answer"));
        const step = await pieces.next().finally(() => clearTimeout(timer));
        own.signal.throwIfAborted();
        if (step.done) {
          ended = true;
          return step.value;
        }
        wrote ||= !isPrompt(step.value);
        yield step.value;
      }
    } finally {
      clearTimeout(totalTimer);
      own.end();
      if (!ended) await pieces.return(undefined as never);
    }
  }

  async function limitedEmbeddings(
    request: EmbeddingsRequest,
    signal: AbortSignal,
  ): Promise<Readonly<Record<string, unknown>>> {
    const own = following(signal);
    const timer = start(total, (limit) => giveUpOn(own)(limit, "made no embeddings"));
    return embeddings!(request, own.signal).finally(() => {
      clearTimeout(timer);
      own.end();
    });
  }

  return { ...engine, generate, ...(embeddings && { embeddings: limitedEmbeddings }) };
}

function start(limit: number | undefined, then: (limit: number) => () => void): NodeJS.Timeout | undefined {
  return limit === undefined ? undefined : setTimeout(then(limit), limit);
}
