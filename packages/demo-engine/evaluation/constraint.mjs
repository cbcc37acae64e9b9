/** The constraint of a request, made by Glossa itself: the format's declaration and the tools' schemas over this engine's tokens. */
import { constrain, getFormat } from "../../core/dist/index.js";
import { compileGrammar, constrainTokens } from "../../grammar/dist/index.js";

export function constraintFor(engine) {
  const format = getFormat("hermes");
  const ends = new Set(engine.endTokens);
  return (tools, thinking) => {
    const strict = tools.map(({ function: { name, description, parameters } }) => ({
      name,
      description,
      parameters,
      strict: true,
    }));
    const { structuralTag } = constrain(format, { tools: strict, reasoning: thinking ? "optional" : "off" });
    if (structuralTag === undefined) return undefined;
    const grammar = compileGrammar(structuralTag, { lenient: true });
    return constrainTokens(
      grammar,
      (id) => engine.tokenBytes(id),
      (id) => ends.has(id),
    );
  };
}
