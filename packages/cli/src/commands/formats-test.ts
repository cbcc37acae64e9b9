import type { Command } from "commander";
import { readFormatFile } from "../format-file.ts";
import { InputError } from "../input-error.ts";
import { readTextFile } from "../input.ts";
import { checkSample, type Verdict } from "../laws/check-sample.ts";
import { readSampleLines, readSamples, type Sample } from "../laws/samples.ts";
import { write, type Terminal } from "../terminal.ts";

export function addFormatsTest(formats: Command, terminal: Terminal, finish: (status: number) => void): void {
  formats
    .command("test")
    .summary("hold a declaration to samples of its own")
    .description(
      "Reads a declaration and tries it on samples: the message is the expected one however the output is cut, nothing throws\n" +
        "and the spans are whole wherever it stops, and the message, written and read again, is the same.\n" +
        "A sample is {title?, raw, tools?, prompt?, parts, diagnostics?}; `glossa parse` prints parts.",
    )
    .argument("<file>", "the declaration: a .json file, or a module with a default export; its samples may stand in it")
    .option("-s, --samples <file>", "more samples, one a line as JSON")
    .action(async (file: string, { samples: more }: { readonly samples?: string }) => {
      const { format, samples: own } = await readFormatFile(file, "file");
      const samples = [
        ...(own === undefined ? [] : readSamples(own, "samples")),
        ...(more === undefined ? [] : readSampleLines(await readTextFile(more, "--samples"), more)),
      ];
      if (samples.length === 0)
        throw new InputError("--samples", `found no samples, in ${file} neither, expected one or more`);
      let wrong = 0;
      for (const sample of samples) {
        const verdict = checkSample(format, sample);
        if (verdict.faults.length > 0) wrong++;
        await write(terminal.stdout, verdictText(verdict, sample));
      }
      const right = samples.length - wrong;
      await write(terminal.stdout, `${format.name}: ${right} of ${samples.length} samples right\n`);
      finish(wrong === 0 ? 0 : 1);
    });
}

function verdictText({ title, faults, notes }: Verdict, { raw }: Sample): string {
  const lines = [
    `${faults.length === 0 ? "right" : "WRONG"}  ${title} (${raw.length} characters)`,
    ...faults.map(({ law, difference }) => `       ${law}: ${difference}`),
    ...notes.map((note) => `       note: ${note}`),
  ];
  return `${lines.join("\n")}\n`;
}
