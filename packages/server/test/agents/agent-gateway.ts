import type { GenerateRequest } from "../../src/engines/engine.ts";
import { scriptedEngine, startGateway, type Gateway } from "../gateway.ts";

export interface AgentGateway extends Gateway {
  /** What the engine was asked, in order. */
  readonly seen: GenerateRequest[];
}

/** A gateway whose model writes these outputs one after the other, a few characters at a time. */
export async function startAgentGateway(outputs: readonly string[], format = "qwen3"): Promise<AgentGateway> {
  const seen: GenerateRequest[] = [];
  const engine = scriptedEngine({ id: "m", format }, async function* (request) {
    seen.push(request);
    const raw = outputs[seen.length - 1] ?? "";
    for (let at = 0; at < raw.length; at += 5) yield { type: "text", text: raw.slice(at, at + 5) };
    return { reason: "stop", usage: { promptTokens: 900, completionTokens: 20 } };
  });
  return { ...(await startGateway(engine)), seen };
}

export const thought = (text: string): string => `<think>\n${text}\n</think>\n\n`;

export const call = (name: string, input: object): string =>
  `<tool_call>\n${JSON.stringify({ name, arguments: input })}\n</tool_call>`;

export const object = (properties: object, required: readonly string[] = Object.keys(properties)): object => ({
  type: "object",
  properties,
  required,
  additionalProperties: false,
});

export const namesOf = ({ tools }: GenerateRequest): readonly string[] => tools.map(({ name }) => name);
