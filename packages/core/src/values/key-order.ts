/** The order of keys where a notation sorts them. */

/** As Jinja's `dictsort` has it: by code points, letter case aside; equal names stay as they are. */
export function byName(left: string, right: string): number {
  const [a, b] = [left.toLowerCase(), right.toLowerCase()];
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  return (a.codePointAt(at) ?? -1) - (b.codePointAt(at) ?? -1);
}
