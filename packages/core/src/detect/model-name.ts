import { formats } from "../formats/index.ts";
import { modelNames, type ModelName } from "./model-names.ts";

/** A row whose pattern is a model's name, `*` for anything: `Qwen/Qwen3-*`. */
export interface ModelPattern {
  readonly pattern: string;
}

/**
 * Finds the rows whose pattern a model's name fits, the longest stem first. Who owns the checkpoint, case, separators and
 * how it was quantised don't count: engines serve the same one under a path, a tag or a file name.
 */
export function modelMatcher<Row extends ModelPattern>(rows: readonly Row[]): (model: string) => Row[] {
  const patterns = rows
    .map((row) => {
      const glob = split(baseName(row.pattern));
      return { row, expression: toExpression(glob), stem: glob.replaceAll("*", "").length };
    })
    .sort((a, b) => b.stem - a.stem);
  return (model) => {
    if (model.length > longest) return [];
    const names = spellings(model);
    return patterns.filter(({ expression }) => names.some((name) => expression.test(name))).map(({ row }) => row);
  };
}

/** No file system takes a longer path. */
const longest = 4096;

let known: ((model: string) => ModelName[]) | undefined;

/** The patterns of the declarations and the common names that a model's name fits, the longest stem first, each format once. */
export function namesLike(model: string): ModelName[] {
  known ??= modelMatcher([
    ...formats.flatMap(({ name, models = [] }) => models.map((pattern) => ({ pattern, format: name }))),
    ...modelNames,
  ]);
  const found = known(model);
  return found.filter(({ format }, i) => found.findIndex((other) => other.format === format) === i);
}

/** The name as its owner wrote it, and less what others put in front of it. */
function spellings(model: string): string[] {
  const name = baseName(model).toLowerCase();
  // Some collections write OWNER_NAME, and some clouds OWNER.NAME.
  const owned = /^[a-z-]+[_.](?=.)/.exec(name)?.[0] ?? "";
  return [...new Set([name, name.slice(owned.length)].flatMap((each) => [each, plain(each)]))].map(split);
}

/** The name less owner and folder; a hub's cache folder names both. */
function baseName(model: string): string {
  const cached = /models--[^/\\]*--([^/\\]+)/.exec(model);
  if (cached) return cached[1]!;
  return model.split(/[/\\]/).findLast((part) => part !== "") ?? "";
}

const quantisation = new RegExp(
  `[-_.:]+(?:${[
    "gguf|ggml|gptq|awq|exl[23]|hqq|mlx|onnx|openvino|bnb|unsloth|dynamic|block|quantized|autoround|imatrix|i1|ud|latest",
    "(?:nv|mx)?fp\\d+|[bf]f?\\d+|int\\d+|w\\d+a\\d+\\w*|\\d+-?bits?|[\\d.]+bpw|g(?:32|64|128)",
    "i?q\\d+(?:_\\w+)?|tq\\d_\\d",
    "\\d{5}-of-\\d{5}",
  ].join("|")})$`,
);

/** The name less how it was quantised and packed. */
function plain(name: string): string {
  const shorter = name.replace(quantisation, "");
  return shorter === name ? name : plain(shorter);
}

/** One spelling for `qwen3:8b`, `Qwen-3-8B` and `Qwen3_8B`: the words and the numbers of a name, a dash between. */
function split(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9.*]+/g, "-")
    .replaceAll(/(?<=[a-z])(?=\d)|(?<=\d)(?=[a-z])/g, "-")
    .replaceAll(/^-+|-+$/g, "");
}

/** `*` stands for anything; at the end it may be nothing at all, and the dash before it with it. */
function toExpression(glob: string): RegExp {
  const [body, rest] = glob.endsWith("-*") ? [glob.slice(0, -2), "(?:-.*)?"] : [glob, ""];
  const source = body.split("*").map((part) => part.replaceAll(".", "\\."));
  return new RegExp(`^${source.join(".*")}${rest}$`);
}
