import Anthropic from "@anthropic-ai/sdk";
import { loadCheckpoint } from "@glossa/chat/node";
import type OpenAI from "openai";
import { describe, expect, onTestFinished, test } from "vitest";
import { demoEngine, llamaCppEngine, type Engine } from "@glossa/server";
import { startGateway, timeTool, weatherTool, type Gateway } from "./gateway.ts";
import { demoModel, llamaServer, startLlamaServer } from "./llama-server.ts";

/**
 * A conversation of a call, its result, a second call, its result and an answer, by each protocol's own client, streamed,
 * against models that write what they will.
 */

interface Turn {
  /** The calls that were made, and the text beside them. */
  readonly calls: readonly { readonly id: string; readonly name: string; readonly arguments: unknown }[];
  readonly text: string;
  readonly finish: string;
  readonly promptTokens: number;
}

interface Conversation {
  /** The next turn; what was made is part of the conversation from then on. */
  ask(choice: "auto" | "none"): Promise<Turn>;
  result(id: string, content: string): void;
  say(content: string): void;
}

const question = "What is the weather in Paris?";
const tools = [weatherTool, timeTool];

function chat({ client }: Gateway, model: string): Conversation {
  const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: "user", content: question }];
  return {
    async ask(choice) {
      const request = { model, messages, tools, temperature: 0, max_tokens: 200, reasoning_effort: "none" as const };
      const stream = client.chat.completions.stream({
        ...request,
        tool_choice: choice,
        parallel_tool_calls: false,
        stream_options: { include_usage: true },
      });
      const { choices, usage } = await stream.finalChatCompletion();
      const { message, finish_reason: finish } = choices[0]!;
      const { content, tool_calls: calls = [] } = message;
      messages.push({ role: "assistant", content, ...(calls.length > 0 && { tool_calls: calls }) });
      return {
        calls: calls.map(({ id, function: { name, arguments: text } }: any) => ({
          id,
          name,
          arguments: JSON.parse(text),
        })),
        text: content ?? "",
        finish,
        promptTokens: usage!.prompt_tokens,
      };
    },
    result: (id, content) => void messages.push({ role: "tool", tool_call_id: id, content }),
    say: (content) => void messages.push({ role: "user", content }),
  };
}

function responses({ client }: Gateway, model: string): Conversation {
  const input: OpenAI.Responses.ResponseInputItem[] = [{ role: "user", content: question }];
  return {
    async ask(choice) {
      const stream = client.responses.stream({
        model,
        input,
        tools: tools.map(({ function: tool }) => ({ type: "function", strict: false, ...tool }) as never),
        tool_choice: choice,
        temperature: 0,
        max_output_tokens: 200,
        parallel_tool_calls: false,
        reasoning: { effort: "none" },
        store: false,
      });
      const { output, output_text: text, status, usage } = await stream.finalResponse();
      const calls = output.filter((item) => item.type === "function_call");
      input.push(...(output as OpenAI.Responses.ResponseInputItem[]));
      return {
        calls: calls.map(({ call_id: id, name, arguments: json }) => ({ id, name, arguments: JSON.parse(json) })),
        text,
        finish: status === "completed" ? (calls.length > 0 ? "tool_calls" : "stop") : String(status),
        promptTokens: usage!.input_tokens,
      };
    },
    result: (id, output) => void input.push({ type: "function_call_output", call_id: id, output }),
    say: (content) => void input.push({ role: "user", content }),
  };
}

function messages({ url }: Gateway, model: string): Conversation {
  const client = new Anthropic({ baseURL: url, apiKey: "none", maxRetries: 0 });
  const said: Anthropic.MessageParam[] = [{ role: "user", content: question }];
  return {
    async ask(choice) {
      const stream = client.messages.stream({
        model,
        messages: said,
        tools: tools.map(({ function: { parameters, ...tool } }) => ({ ...tool, input_schema: parameters }) as never),
        tool_choice: choice === "none" ? { type: choice } : { type: choice, disable_parallel_tool_use: true },
        temperature: 0,
        max_tokens: 200,
        thinking: { type: "disabled" },
      });
      const { content, stop_reason: reason, usage } = await stream.finalMessage();
      said.push({ role: "assistant", content });
      const { cache_read_input_tokens: cached, input_tokens: fresh } = usage;
      return {
        calls: content.flatMap((block) =>
          block.type === "tool_use" ? [{ id: block.id, name: block.name, arguments: block.input }] : [],
        ),
        text: content.map((block) => (block.type === "text" ? block.text : "")).join(""),
        finish: reason === "tool_use" ? "tool_calls" : reason === "end_turn" ? "stop" : String(reason),
        promptTokens: fresh + (cached ?? 0),
      };
    },
    result: (id, content) =>
      void said.push({ role: "user", content: [{ type: "tool_result", tool_use_id: id, content }] }),
    say: (content) => void said.push({ role: "user", content }),
  };
}

/** The engine, and the prompts that it was asked with. */
function recorded(engine: Engine): { readonly engine: Engine; readonly prompts: string[] } {
  const prompts: string[] = [];
  return {
    prompts,
    engine: {
      ...engine,
      async *generate(request, signal) {
        const pieces = engine.generate(request, signal);
        for (;;) {
          const step = await pieces.next();
          if (step.done) return step.value;
          for (const piece of [step.value].flat()) if (piece.type === "prompt") prompts.push(piece.text);
          yield step.value;
        }
      },
    },
  };
}

const missing = llamaServer === undefined ? " (skipped: GLOSSA_LLAMA_SERVER names no llama-server)" : "";

async function realServer(): Promise<Engine> {
  const server = await startLlamaServer("--model", demoModel, "--alias", "demo");
  onTestFinished(() => server.stop());
  return llamaCppEngine({ url: server.url, format: "qwen3", checkpoint: await loadCheckpoint(demoModel) });
}

describe.each([
  ["the embedded engine", demoEngine, false],
  [`the real llama-server${missing}`, realServer, missing !== ""],
])("%s", (_, start, skip) => {
  test.skipIf(skip)("call, result, second call, result, answer: the same by each protocol", async () => {
    const { engine, prompts } = recorded(await start());
    const gateway = await startGateway(engine);
    const [model] = await engine.models();
    const seen: unknown[] = [];
    const lastPrompts: string[] = [];
    for (const open of [chat, responses, messages]) {
      const conversation = open(gateway, model!.id);
      const first = await conversation.ask("auto");
      expect(first).toMatchObject({ finish: "tool_calls", calls: [{ name: "get_weather" }] });
      expect(first.calls[0]!.arguments).toMatchObject({ city: "Paris" });
      conversation.result(first.calls[0]!.id, '{"sky": "clear", "celsius": 21}');
      conversation.say("What is the weather in London?");

      const second = await conversation.ask("auto");
      expect(second).toMatchObject({ finish: "tool_calls", calls: [{ name: "get_weather" }] });
      expect(second.calls[0]!.arguments).toMatchObject({ city: "London" });
      expect(second.calls[0]!.id).not.toBe(first.calls[0]!.id);
      expect(second.promptTokens).toBeGreaterThan(first.promptTokens);
      for (const { id } of second.calls) conversation.result(id, '{"sky": "rain", "celsius": 12}');

      const answer = await conversation.ask("none");
      expect(answer).toMatchObject({ finish: "stop", calls: [] });
      expect(answer.text).not.toBe("");
      seen.push(
        [first, second, answer].map(({ calls, text }) => [calls.map((call) => [call.name, call.arguments]), text]),
      );
      lastPrompts.push(prompts.at(-1)!);
    }
    expect(new Set(seen.map((turns) => JSON.stringify(turns))).size).toBe(1);
    // Every call and every result has come to the model, in this order, whatever the protocol calls them.
    expect(lastPrompts).toEqual(lastPrompts.map(() => lastPrompts[0]));
    expect(lastPrompts[0]).toMatch(/get_weather.*"Paris".*celsius": 21.*get_weather.*"London".*celsius": 12/s);
  });
});
