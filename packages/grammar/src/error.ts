/** A grammar that can't be built: what stands where, and why it can't be enforced. Never thrown while matching. */
export class GrammarError extends Error {
  override readonly name = "GrammarError";
  /** JSON pointer into the schema, or a path into the structural tag. */
  readonly path: string;
  /** The keyword or node type that is refused. */
  readonly keyword: string;

  constructor(path: string, keyword: string, reason: string) {
    super(`${path === "" ? "(root)" : path}: ${keyword}: ${reason}`);
    this.path = path;
    this.keyword = keyword;
  }
}
