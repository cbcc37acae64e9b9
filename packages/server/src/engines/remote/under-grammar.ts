import { ApiError } from "../../error.ts";
import type { Finish, Pieces } from "../engine.ts";

/**
 * An answer under a grammar that the server may refuse, by its status or in place of its first event: then it is asked again with
 * what `lesser` makes of the refusal. `lesser` throws what the client should see, or returns nothing where the error is of something
 * else; the same grammar again is no use either.
 */
export async function* underGrammar<Grammar, Yielded extends Pieces>(
  grammar: Grammar | undefined,
  answer: (grammar: Grammar | undefined) => AsyncGenerator<Yielded, Finish>,
  lesser: (error: ApiError) => Grammar | undefined,
): AsyncGenerator<Yielded, Finish> {
  const pieces = answer(grammar);
  let step: IteratorResult<Yielded, Finish>;
  try {
    step = await pieces.next();
  } catch (error) {
    const other = grammar !== undefined && error instanceof ApiError ? lesser(error) : undefined;
    if (other === undefined || JSON.stringify(other) === JSON.stringify(grammar)) throw error;
    return yield* answer(other);
  }
  for (; !step.done; step = await pieces.next()) yield step.value;
  return step.value;
}
