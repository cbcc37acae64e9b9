import type { ItemCompiler } from "./arrays.ts";
import { type Conjunction, itemSchemas, typeBits } from "./conjunction.ts";
import type { JsonValue, Located } from "./source.ts";

/** More values than this are not listed. */
const most = 200;

/** All values of an alternative that says of each part what it can be; undefined where they are too many to list. */
export function enumerated(
  conjunction: Conjunction,
  compiler: ItemCompiler,
  depth = 0,
): readonly JsonValue[] | undefined {
  if (conjunction.values !== undefined) return compiler.listed(conjunction);
  if (depth > 8 || conjunction.types & (typeBits.number | typeBits.string)) return undefined;
  const values: JsonValue[] = [];
  if (conjunction.types & typeBits.null) values.push(null);
  if (conjunction.types & typeBits.boolean) values.push(true, false);
  const inner = (schemas: readonly Located[]): readonly JsonValue[] | undefined => {
    const found: JsonValue[] = [];
    for (const each of compiler.alternatives(schemas)) {
      const listed = enumerated(each, compiler, depth + 1);
      if (listed === undefined) return undefined;
      found.push(...listed);
    }
    return found.length > most ? undefined : found;
  };
  if (conjunction.types & typeBits.array) {
    const arrays = arraysOf(conjunction, inner);
    if (arrays === undefined) return undefined;
    values.push(...arrays);
  }
  if (conjunction.types & typeBits.object) {
    const objects = objectsOf(conjunction, compiler, inner);
    if (objects === undefined) return undefined;
    values.push(...objects);
  }
  // What else the schema says, of their number for one, is judged on the whole values.
  return values.length > most ? undefined : compiler.listed({ ...conjunction, values });
}

type Inner = (schemas: readonly Located[]) => readonly JsonValue[] | undefined;

function arraysOf({ array }: Conjunction, inner: Inner): readonly JsonValue[] | undefined {
  const all: JsonValue[][] = [[]];
  let longest: readonly JsonValue[][] = [[]];
  for (let length = 0; length < array.most; length++) {
    const items = inner(itemSchemas(array, length));
    if (items === undefined || longest.length * items.length > most) return undefined;
    if (items.length === 0) break;
    longest = longest.flatMap((start) => items.map((item) => [...start, item]));
    all.push(...longest);
    if (all.length > most) return undefined;
  }
  return all;
}

function objectsOf(conjunction: Conjunction, compiler: ItemCompiler, inner: Inner): readonly JsonValue[] | undefined {
  const { declared, open, possible } = compiler.planOf(conjunction);
  if (open) return undefined;
  if (!possible) return [];
  let all: readonly (readonly (readonly [string, JsonValue])[])[] = [[]];
  for (const { name, required, schemas } of declared) {
    const values = inner(schemas);
    if (values === undefined || all.length * (values.length + 1) > 4 * most) return undefined;
    const absent = required ? [] : all;
    all = [...absent, ...all.flatMap((entries) => values.map((value) => [...entries, [name, value] as const]))];
  }
  return all.map((entries) => Object.fromEntries(entries));
}
