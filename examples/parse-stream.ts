import { createParser, getFormat } from "@glossa/core";

// What the model wrote, in the pieces in which it arrived.
const deltas = [
  "<think>\nThe user wants the weather.\n</th",
  'ink>\n\nLet me see.\n<tool_call>\n{"name": "get_weather", "argu',
  'ments": {"city": "Zür',
  'ich"}}\n</tool_call>',
];

const parser = createParser(getFormat("qwen3"), {
  tools: [{ name: "get_weather", parameters: { type: "object", properties: { city: { type: "string" } } } }],
});
for (const delta of deltas) for (const event of parser.push(delta)) console.log(event);
for (const event of parser.end()) console.log(event);

console.log(parser.message.parts);
