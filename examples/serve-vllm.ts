import { serve, vllmEngine } from "@glossa/server";
import OpenAI from "openai";

// Behind it: `vllm serve Qwen/Qwen3-8B`, with neither a tool-call parser nor a reasoning parser.
const engine = vllmEngine({ url: process.env["VLLM_URL"] ?? "http://127.0.0.1:8000" });
const gateway = await serve({ engine });

const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: "none" });
const completion = await client.chat.completions.create({
  model: "Qwen/Qwen3-8B",
  messages: [{ role: "user", content: "What is the weather in Zürich?" }],
  tools: [
    {
      type: "function",
      function: {
        name: "get_weather",
        parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
      },
    },
  ],
});
console.log(completion.choices[0]?.message.tool_calls);

await gateway.close();
