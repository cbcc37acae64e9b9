/** A controller that another signal aborts as well. */
export interface Following extends AbortController {
  /** Nothing is listened for any more. */
  end(): void;
}

/** What `AbortSignal.any` does, for once a turn: without its weak references, which cost more than a short answer's parsing. */
export function following(signal: AbortSignal): Following {
  const own = new AbortController();
  const abort = (): void => own.abort(signal.reason);
  if (signal.aborted) abort();
  else signal.addEventListener("abort", abort, { once: true });
  return Object.assign(own, { end: () => signal.removeEventListener("abort", abort) });
}
