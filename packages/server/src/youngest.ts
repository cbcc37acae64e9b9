/** What was made for a key before, or is made now; of so many keys that were asked for last. */
export function keepYoungest<Value>(most: number): (key: string, make: () => Value) => Value {
  const kept = new Map<string, Value>();
  return (key, make) => {
    const value = kept.has(key) ? kept.get(key)! : make();
    // Behind the others again: the first is the one that has not been asked for the longest.
    kept.delete(key);
    kept.set(key, value);
    if (kept.size > most) kept.delete(kept.keys().next().value!);
    return value;
  };
}
