import { EbnfError, type Expression, type Ranges, readEbnf, type Rules } from "@glossa/core/ebnf";
import { utf8Text } from "../automata/byte-automaton.ts";
import { anyChar, intersectRanges } from "../automata/char-automaton.ts";
import { ClassText } from "../automata/char-class.ts";
import { counted } from "../automata/counted.ts";
import { GrammarError } from "../error.ts";
import { choice, literal, type Node, nothing, repeat, rule, sequence, text } from "../ir.ts";

/** An EBNF grammar from its rule `root` on. Left recursion is refused: a thread would descend for ever. */
export function compileEbnf(source: string, path: string): Node {
  let rules: Rules;
  try {
    rules = readEbnf(source);
  } catch (error) {
    if (error instanceof EbnfError) throw new GrammarError(path, "grammar", error.message);
    throw error;
  }
  const recursive = leftRecursive(rules);
  if (recursive !== undefined)
    throw new GrammarError(path, "grammar", `the rule ${recursive} begins with itself (left recursion)`);
  const nodes = new Map<string, Node>();
  for (const [name, tree] of rules)
    nodes.set(
      name,
      rule(name, () => translate(tree, nodes)),
    );
  return nodes.get("root") as Node;
}

function translate(tree: Expression, rules: ReadonlyMap<string, Node>): Node {
  switch (tree.kind) {
    case "text":
      return literal(tree.text);
    case "class":
      return classNode(tree.ranges, 1, 1);
    case "rule":
      return rules.get(tree.name) as Node;
    case "sequence":
      return sequence(...tree.items.map((item) => translate(item, rules)));
    case "choice":
      return choice(tree.items.map((item) => translate(item, rules)));
    case "repeat":
      if (tree.item.kind === "class") return classNode(tree.item.ranges, tree.min, tree.max);
      return repeat(translate(tree.item, rules), tree.min, tree.max);
    default:
      throw new TypeError(`EBNF has no ${tree.kind}`);
  }
}

/** A repeated class is one automaton: no thread and no frame a character. */
function classNode(characters: Ranges, min: number, max: number): Node {
  const ranges = intersectRanges(characters.flat(), anyChar);
  if (ranges.length === 0) return min === 0 ? literal("") : nothing;
  return text("a character of the class", utf8Text(counted(new ClassText(ranges), min, max)));
}

/** A rule that can come back to itself before any character is read. */
function leftRecursive(rules: Rules): string | undefined {
  const nullable = new Set<string>();
  const isNullable = (tree: Expression): boolean => {
    switch (tree.kind) {
      case "text":
        return tree.text === "";
      case "rule":
        return nullable.has(tree.name);
      case "sequence":
        return tree.items.every(isNullable);
      case "choice":
        return tree.items.some(isNullable);
      case "repeat":
        return tree.min === 0 || isNullable(tree.item);
      default:
        return false;
    }
  };
  for (let size = -1; size !== nullable.size;) {
    size = nullable.size;
    for (const [name, tree] of rules) if (isNullable(tree)) nullable.add(name);
  }
  const firsts = (tree: Expression): string[] => {
    if (tree.kind === "rule") return [tree.name];
    if (tree.kind === "repeat") return firsts(tree.item);
    if (tree.kind === "choice") return tree.items.flatMap(firsts);
    if (tree.kind !== "sequence") return [];
    const solid = tree.items.findIndex((item) => !isNullable(item));
    return tree.items.slice(0, solid < 0 ? undefined : solid + 1).flatMap(firsts);
  };
  const edges = new Map([...rules].map(([name, tree]) => [name, firsts(tree)] as const));
  for (const name of rules.keys()) {
    const seen = new Set<string>();
    const open = [...(edges.get(name) ?? [])];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (at === name) return name;
      if (seen.has(at)) continue;
      seen.add(at);
      open.push(...(edges.get(at) ?? []));
    }
  }
  return undefined;
}
