/** The request asks for something that a structural tag of this format cannot hold the model to. Nothing is weakened silently. */
export class ConstrainError extends Error {
  override readonly name = "ConstrainError";
  /** What it is about: `tools.get_weather.parameters.properties.city.pattern`. */
  readonly path: string;
  readonly reason: string;

  constructor(path: string, reason: string) {
    super(`${path}: ${reason}`);
    this.path = path;
    this.reason = reason;
  }
}
