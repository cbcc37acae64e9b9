import type { Checkpoint } from "@glossa/chat";
import type { Tokenizer } from "@glossa/chat/tokenizer";
import type { Format } from "@glossa/core";
import { conversations } from "./conversations.ts";
import { fault, type Fault } from "./fault.ts";
import type { Subject } from "./subject.ts";

/** Faults that a template has together with the vocabulary that its prompts and the model's output go through. */
export function vocabularyFaults(subject: Subject, checkpoint: Checkpoint, tokenizer: Tokenizer | undefined): Fault[] {
  return [...addedBos(subject, checkpoint, tokenizer), ...specialMarkers(subject.format, checkpoint, tokenizer)];
}

function addedBos(subject: Subject, checkpoint: Checkpoint, tokenizer: Tokenizer | undefined): Fault[] {
  const bos = checkpoint.specialTokens["bos_token"];
  const plain = subject.accepted(conversations.plain);
  if (!bos || !subject.render(plain).text?.trimStart().startsWith(bos)) return [];
  const first = tokenizer?.encode("a", { addSpecialTokens: true })[0];
  const adds =
    checkpoint.tokenizerConfig?.["add_bos_token"] === true ||
    checkpoint.vocabulary?.addBos === true ||
    (first !== undefined && tokenizer!.tokenText(first) === bos);
  return adds
    ? [
        fault(
          "doubled-bos-tokenizer",
          `the template writes ${bos}, and the tokenizer puts one before every text`,
          plain,
        ),
      ]
    : [];
}

/** Markup that the parser lives on, and that engines leave out of what they send. */
function specialMarkers(format: Format | undefined, checkpoint: Checkpoint, tokenizer: Tokenizer | undefined): Fault[] {
  if (!format) return [];
  // A file that makes no tokenizer is not read once more.
  const special = specialTokens(tokenizer ? checkpoint : { ...checkpoint, tokenizer: undefined });
  const markers = new Set([
    ...(format.specialTokens ?? []),
    ...markersIn([format.calls?.nodes, format.reasoning, format.text]),
  ]);
  const gone = [...special].filter((token) => [...markers].some((marker) => marker.includes(token)));
  if (gone.length === 0) return [];
  const verb = gone.length === 1 ? "is a special token" : "are special tokens";
  return [fault("special-markers", `${gone.join(" ")} ${verb}, gone where the engine skips those`)];
}

/** The tokens that are skipped in detokenising, as text. */
function specialTokens({ tokenizer, tokenizerConfig, vocabulary }: Checkpoint): Set<string> {
  const file = tokenizer === undefined ? undefined : (JSON.parse(tokenizer) as { readonly added_tokens?: unknown });
  const listed = [file?.added_tokens, tokenizerConfig?.["added_tokens_decoder"]].flatMap((tokens) =>
    typeof tokens === "object" && tokens !== null ? (Object.values(tokens) as unknown[]) : [],
  );
  const special = listed.flatMap((token) => {
    const { content, special: isSpecial } = (token ?? {}) as { readonly content?: unknown; readonly special?: unknown };
    return isSpecial === true && typeof content === "string" && content !== "" ? [content] : [];
  });
  // In a GGUF file: type 3, control.
  const control = (vocabulary?.tokens ?? []).filter((token, id) => vocabulary!.types[id] === 3 && token !== "");
  return new Set([...special, ...control]);
}

/** The texts of all markers in a part of a declaration. */
function markersIn(part: unknown): string[] {
  if (typeof part !== "object" || part === null) return [];
  const { kind, text } = part as { readonly kind?: unknown; readonly text?: unknown };
  if (kind === "marker" && typeof text === "string") return [text];
  return Object.values(part).flatMap(markersIn);
}
