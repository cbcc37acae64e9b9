import type { Context, MiddlewareHandler } from "hono";
import { createKeyGuard, type ApiKey, type KeyGuard } from "./api-keys.ts";
import { limitBody } from "./body-limit.ts";
import { crossOrigin } from "./cross-origin.ts";
import type { ReasoningField } from "./protocols/chat-completions/message.ts";

/** What can be changed while the gateway runs; requests under way go on with what it was. */
export interface Settings {
  /** Keys that clients have to bring, for all but `/health` and `/ready`. Default: everybody may come. */
  readonly keys?: readonly ApiKey[];
  /** Origins whose pages may read the answers: `https://app.example.com`, or `*` for any. Default: none. */
  readonly cors?: readonly string[];
  /** The longest request body in bytes. Default 16 MiB. */
  readonly bodyLimit?: number;
  /**
   * For how many milliseconds deltas of an answer are gathered before they go out together; the first goes at once. Default 0:
   * what arrives together goes out together.
   */
  readonly coalesceMs?: number;
  /** By which name Chat Completions tells of reasoning. Default `reasoning_content`. */
  readonly reasoningField?: ReasoningField;
}

/** The settings as requests meet them. */
export interface LiveSettings {
  readonly guard: KeyGuard | undefined;
  readonly crossOrigin: MiddlewareHandler | undefined;
  readonly bodyLimit: MiddlewareHandler;
  readonly coalesceMs: number;
  readonly reasoningField: ReasoningField;
}

type TooLong = (maxSize: number) => (c: Context) => Response;

/** A key that was there before keeps what is left of its minute. */
export function liveSettings(settings: Settings, tooLong: TooLong, former?: LiveSettings): LiveSettings {
  const { keys, cors, coalesceMs = 0, reasoningField = "reasoning_content" } = settings;
  const { bodyLimit: maxSize = 16 * 1024 * 1024 } = settings;
  return {
    guard: keys && createKeyGuard(keys, former?.guard),
    crossOrigin: cors && crossOrigin(cors),
    bodyLimit: limitBody(maxSize, tooLong(maxSize)),
    coalesceMs,
    reasoningField,
  };
}
