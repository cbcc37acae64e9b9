import { bundledProfiles, findProfile, type ModelProfile, type ModelSize } from "@glossa/models";
import type { Command } from "commander";
import { InputError } from "../input-error.ts";
import { write, type Terminal } from "../terminal.ts";
import { textTable } from "../text-table.ts";

export function addModels(program: Command, terminal: Terminal): void {
  program
    .command("models")
    .summary("list what is known of models, show one")
    .description(
      "Lists the profiles of models: the format, how reasoning is switched, how long a context, and so on.\n" +
        "With a name, all that its profile says. What is not there is not known.",
    )
    .argument("[name]", "a profile, or a model by any of its names: Qwen/Qwen3-8B, qwen3:8b, Qwen3-8B-Q4_K_M.gguf")
    .option("--json", "as JSON")
    .action(async (name: string | undefined, { json }: { readonly json?: true }) => {
      const found = name === undefined ? undefined : find(name);
      if (json) {
        await write(terminal.stdout, `${JSON.stringify(found?.profile ?? bundledProfiles, null, 2)}\n`);
        return;
      }
      await write(terminal.stdout, found ? profilePage(found.profile) : profileTable(bundledProfiles));
      // A tune, or another model altogether that is called alike.
      if (found && !found.listed) await write(terminal.stdout, `note: ${name} is not listed; this is of its family\n`);
    });
}

/** The profile of that name, or of the model of that name, which may be listed there or only look like it. */
function find(name: string): { readonly profile: ModelProfile; readonly listed: boolean } {
  const profile = bundledProfiles.find((each) => each.name === name);
  if (profile) return { profile, listed: true };
  const found = findProfile(name);
  if (found) return { profile: found.profile, listed: found.size !== undefined };
  throw new InputError("name", `there is no profile of ${JSON.stringify(name)}; \`glossa models\` lists what there is`);
}

function profileTable(profiles: readonly ModelProfile[]): string {
  return textTable(
    [
      { title: "NAME", width: 22 },
      { title: "SIZES", width: 34 },
      { title: "FORMAT", width: 18 },
      { title: "REASONING", width: 18 },
      { title: "CONTEXT", width: 9 },
      { title: "PARALLEL", width: 8 },
      { title: "RESULTS", width: 7 },
    ],
    profiles.map((profile) => [
      [profile.name],
      profile.sizes.map(({ parameters }) => `${parameters}B`),
      [profile.format ?? "-"],
      [reasoning(profile)],
      [contexts(profile)],
      [yes(profile.tools.parallel)],
      [yes(profile.tools.results)],
    ]),
  );
}

function reasoning({ reasoning: { mode, kwarg } }: ModelProfile): string {
  return kwarg ?? mode;
}

function contexts(profile: ModelProfile): string {
  const known = profile.sizes
    .map((size) => size.contextLength ?? profile.contextLength)
    .filter((length) => length !== undefined);
  if (known.length === 0) return "?";
  const [least, most] = [Math.min(...known), Math.max(...known)];
  return least === most ? tokens(least) : `${tokens(least)}-${tokens(most)}`;
}

const tokens = (count: number): string => (count >= 1024 ? `${Math.round(count / 1024)}k` : String(count));
const yes = (known: boolean | undefined): string => (known === undefined ? "?" : known ? "yes" : "no");

function profilePage(profile: ModelProfile): string {
  const { title, models, format, tools, sampling, samplingWithoutReasoning, sizes, engines, notes, sources } = profile;
  const facts: readonly (readonly [string, string])[] = [
    ["models", models.join(", ")],
    ["format", format ?? "none is known"],
    ["reasoning", reasoningWords(profile)],
    [
      "tools",
      `offered ${yes(tools.offered)}, calls shown again ${yes(tools.calls)}, several at once ${yes(tools.parallel)}, results ${yes(tools.results)}`,
    ],
    ["sampling", pairs(sampling) ?? "?"],
    ...(samplingWithoutReasoning ? [["not reasoning", pairs(samplingWithoutReasoning)!] as const] : []),
    ...Object.entries(engines ?? {}).map(
      ([engine, flags]) => [engine, (flags as readonly string[]).join(" ")] as const,
    ),
  ];
  return [
    `${title}\n`,
    ...facts.map(([name, text]) => `${name.padEnd(14)} ${text}`),
    "",
    textTable(
      [
        { title: "CHECKPOINT", width: 48 },
        { title: "PARAMETERS", width: 12 },
        { title: "WEIGHTS", width: 8 },
        { title: "CONTEXT", width: 8 },
        { title: "TOOLS UP TO", width: 11 },
        { title: "CACHE A TOKEN", width: 14 },
      ],
      sizes.map((size) => [
        [size.model],
        [
          size.activeParameters === undefined
            ? `${size.parameters}B`
            : `${size.parameters}B-A${size.activeParameters}B`,
        ],
        [size.weights ?? "bf16"],
        [String(size.contextLength ?? profile.contextLength ?? "?")],
        [String(size.toolsSoftCap)],
        [cacheWords(size)],
      ]),
    ),
    ...(notes ?? []).map((note) => `note: ${note}`),
    ...sources.map((source) => `from: ${source}`),
    "",
  ].join("\n");
}

function reasoningWords({ reasoning: { mode, kwarg, values, default: usual } }: ModelProfile): string {
  switch (mode) {
    case "none":
      return "none in markup";
    case "always":
      return "always";
    case "prompt":
      return "where the system prompt asks for it";
    case "unknown":
      return "yes; how it is switched is not known";
    default:
      return `${kwarg}: ${values!.map(String).join(", ")}${usual === undefined ? "" : ` (not given: ${usual})`}`;
  }
}

function pairs(sampling: object | undefined): string | undefined {
  return (
    sampling &&
    Object.entries(sampling)
      .map(([name, value]) => `${name} ${value}`)
      .join(", ")
  );
}

/** Bytes that each further token takes, all layers together, in 16 bits. */
function cacheWords({ attention }: ModelSize): string {
  if (!attention) return "?";
  const bytes = attention.layers.reduce((sum, group) => {
    if (group.kind === "full") return sum + group.layers * 4 * group.kvHeads * group.headDim;
    return group.kind === "latent" ? sum + group.layers * 2 * group.width : sum;
  }, 0);
  return `${(bytes / 1024).toFixed(0)} KiB`;
}
