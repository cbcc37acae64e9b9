import type { Arguments } from "../format.ts";
import { LiteralReader } from "../values/literal.ts";
import { PythonArgumentsReader } from "../values/python-arguments.ts";
import { propertyNames } from "../values/schema-types.ts";
import { start, startPatterns, type Position } from "./position.ts";
import type { Outcome, Reading, Walk } from "./walk.ts";

/** Reads the arguments in their notation. */
export function* readArguments(walk: Walk, node: Arguments, at: Position): Reading<Outcome | Position> {
  const { call, input } = walk;
  const { notation } = node;
  if (!call) return "broken";
  if (notation.kind === "tagged") {
    if (yield* walk.decide(startPatterns(notation.parameter))) {
      walk.evidence();
      return start(notation.parameter, at);
    }
    if (walk.isAtEnd) return "ended";
    if (!(yield* walk.decide(walk.following(at)))) {
      walk.reason = "neither a parameter nor the end of the call";
      return "broken";
    }
    call.write(call.hasArguments ? "}" : "{}");
    call.argumentsDone = true;
    return "ok";
  }
  if (notation.kind === "python") {
    walk.evidence();
    const reader = new PythonArgumentsReader({
      positional: propertyNames(call.tool?.parameters),
      maxDepth: walk.maxDepth,
    });
    return yield* walk.value(reader);
  }
  if (notation.kind === "json") yield* walk.blank();
  while (input.pos === input.text.length && !input.ended) yield undefined;
  if (walk.isAtEnd) return "ended";
  if (input.text[input.pos] !== "{") {
    const closed = yield* walk.decide(walk.following(at));
    if (closed === undefined) {
      walk.reason = "the arguments are no object";
      return "broken";
    }
    // <function=get_time></function>
    //                    ^ no arguments at all
    walk.evidence();
    call.write("{}");
    call.argumentsDone = true;
    walk.note("tolerance", "no arguments for an empty object");
    return "ok";
  }
  walk.evidence();
  const reader = new LiteralReader({
    dialect: notation.kind === "gemma" ? { name: "gemma", quote: notation.quote } : { name: "json" },
    maxDepth: walk.maxDepth,
    onTolerance: (what, index) => walk.note("tolerance", what, index),
  });
  return yield* walk.value(reader);
}
