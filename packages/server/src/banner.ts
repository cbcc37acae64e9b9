import type { Model } from "./engines/engine.ts";
import type { RunningServer } from "./serve.ts";

export interface BannerOptions {
  /** Clients have to bring a key. */
  readonly keys?: boolean;
}

/** What `glossa serve` prints once it listens: where, which models, and a request to try. */
export function banner(
  { url, port, takenPort }: RunningServer,
  models: readonly Model[],
  options: BannerOptions = {},
): string {
  const lines = [`Glossa listens on ${url}/v1 for OpenAI's clients, on ${url} for Anthropic's`];
  if (takenPort !== undefined) lines.push(`(port ${takenPort} is in use, so it is ${port})`);
  lines.push("", models.length === 0 ? "No models: the engine does not answer yet." : "Models:");
  const width = Math.max(0, ...models.map(({ id }) => id.length));
  for (const { id, format, description, embeddingsOnly } of models) {
    const speaks = embeddingsOnly ? "embeddings only, as no format is known for it" : `format ${format.name}`;
    lines.push(`  ${id.padEnd(width)}  ${speaks}${description === undefined ? "" : `, ${description}`}`);
  }
  const first = models.find(({ embeddingsOnly }) => !embeddingsOnly);
  if (first) lines.push("", "Try it:", "", example(url, first.id, options));
  return `${lines.join("\n")}\n`;
}

function example(url: string, model: string, { keys = false }: BannerOptions): string {
  const body = {
    model,
    stream: true,
    messages: [{ role: "user", content: "What is the weather in Paris?" }],
    tools: [
      {
        type: "function",
        function: {
          name: "get_weather",
          description: "Get the current weather for a place.",
          parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
        },
      },
    ],
  };
  // A field a line: short enough to read, and no line too long for a terminal to paste.
  const fields = Object.entries(body).map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`);
  // A single quote in a model's name would end the shell's quotation.
  const quoted = `{\n${fields.join(",\n")}\n}`.replaceAll("'", "'\\''");
  const key = keys ? " -H 'authorization: Bearer KEY'" : "";
  return `curl -N ${url}/v1/chat/completions${key} -H 'content-type: application/json' -d '${quoted}'`;
}
