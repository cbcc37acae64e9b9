/** The message cannot be written in the format, or what would be written says something else. */
export class RenderError extends Error {
  override readonly name = "RenderError";
  /** Index of the part concerned in `message.parts`. */
  readonly part: number;
  readonly reason: string;

  constructor(part: number, reason: string) {
    super(`part ${part}: ${reason}`);
    this.part = part;
    this.reason = reason;
  }
}
