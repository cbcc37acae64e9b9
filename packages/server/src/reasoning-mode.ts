import { createParser, type Format, type Node, type ReasoningMode } from "@glossa/core";

/** What a grammar has to know of a prompt: whether it ends inside of reasoning, behind it, or before any. */
export function reasoningMode(format: Format, prompt: string): ReasoningMode {
  const { reasoning } = format;
  if (!reasoning) return "off";
  // The parser is the judge of where a prompt ends; a character of output shows what it takes it for.
  const parser = createParser(format, { prompt, tools: [] });
  if ([...parser.push("x"), ...parser.end()].some(({ type }) => type === "reasoning")) return "open";
  const turn = thisTurn(format, prompt);
  const closers = reasoning.flatMap(({ close }) => close.flatMap(markerText));
  return closers.some((closer) => turn.includes(closer)) ? "off" : "optional";
}

/** What the prompt holds of the turn that is to be written: all of it if only the tail is known. */
function thisTurn(format: Format, prompt: string): string {
  const starts = format.turn.map((opener) => {
    const at = prompt.lastIndexOf(opener);
    return at === -1 ? 0 : at + opener.length;
  });
  return prompt.slice(Math.max(0, ...starts));
}

function markerText(node: Node): readonly string[] {
  return node.kind === "marker" ? [node.text] : [];
}
