import {
  constrain,
  ConstrainError,
  DeclarationError,
  formats,
  parse,
  parseFormat,
  render,
  RenderError,
  type Format,
} from "@glossa/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { busyMessage, busyText, tools } from "../laws/samples.ts";
import { changed } from "./mutate.ts";

const texts: readonly string[] = formats.filter(({ calls }) => calls).map(busyText);

const read = (value: unknown): Format | undefined => {
  try {
    return parseFormat(value);
  } catch (error) {
    expect(error).toBeInstanceOf(DeclarationError);
    return undefined;
  }
};

const expectedly = (kind: typeof RenderError | typeof ConstrainError, action: () => unknown): void => {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(kind);
  }
};

test("what is accepted is read, written and constrained without a fault, whatever it was made from", () => {
  let accepted = 0;
  fc.assert(
    fc.property(changed, fc.nat(texts.length - 1), fc.nat(), (value, index, cut) => {
      const format = read(value);
      if (!format) return;
      accepted++;
      const text = texts[index]!;
      const at = cut % text.length;
      const settings = { tools, createId: (n: number): string => `call0000${n}` };
      const { parts } = parse(format, text, settings);
      const cutParts = parse(format, text.slice(0, at), settings).parts;
      expect(Array.isArray(parts) && Array.isArray(cutParts)).toBe(true);
      expectedly(RenderError, () => render(format, busyMessage(format), { tools }));
      expectedly(ConstrainError, () => constrain(format, { tools, toolChoice: "required" }));
    }),
    { numRuns: 1500 },
  );
  expect(accepted).toBeGreaterThan(100);
});
