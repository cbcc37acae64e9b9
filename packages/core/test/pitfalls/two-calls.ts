import { call, time, weather, type ExpectedPart } from "./expect-message.ts";

const city = '{"city": "Paris"}';
const zone = '{"tz": "CET"}';

/** The same two calls in every notation, as the models write them. */
export const twoCalls: readonly (readonly [format: string, raw: string])[] = [
  [
    "hermes",
    `<tool_call>\n{"name": "get_weather", "arguments": ${city}}\n</tool_call>\n<tool_call>\n{"name": "get_time", "arguments": ${zone}}\n</tool_call>`,
  ],
  [
    "qwen3_coder",
    "<tool_call>\n<function=get_weather>\n<parameter=city>\nParis\n</parameter>\n</function>\n</tool_call>\n" +
      "<tool_call>\n<function=get_time>\n<parameter=tz>\nCET\n</parameter>\n</function>\n</tool_call>",
  ],
  [
    "mistral_json",
    `[TOOL_CALLS][{"name": "get_weather", "arguments": ${city}}, {"name": "get_time", "arguments": ${zone}}]`,
  ],
  ["mistral", `[TOOL_CALLS]get_weather[ARGS]${city}[TOOL_CALLS]get_time[ARGS]${zone}`],
  ["llama3_json", `{"name": "get_weather", "parameters": ${city}}; {"name": "get_time", "parameters": ${zone}}`],
  ["functionary_v3_1", `<function=get_weather>${city}</function><function=get_time>${zone}</function>`],
  ["pythonic", "[get_weather(city='Paris'), get_time(tz='CET')]"],
  [
    "deepseek_r1",
    `<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>get_weather\n\`\`\`json\n${city}\n\`\`\`<｜tool▁call▁end｜>\n` +
      `<｜tool▁call▁begin｜>function<｜tool▁sep｜>get_time\n\`\`\`json\n${zone}\n\`\`\`<｜tool▁call▁end｜><｜tool▁calls▁end｜>`,
  ],
  [
    "deepseek_v31",
    `<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>get_weather<｜tool▁sep｜>${city}<｜tool▁call▁end｜>` +
      `<｜tool▁call▁begin｜>get_time<｜tool▁sep｜>${zone}<｜tool▁call▁end｜><｜tool▁calls▁end｜>`,
  ],
  ...(["function_calls", "tool_calls"] as const).map(
    (section, index) =>
      [
        index === 0 ? "deepseek_v32" : "deepseek_v4",
        `<｜DSML｜${section}>\n<｜DSML｜invoke name="get_weather">\n<｜DSML｜parameter name="city" string="true">Paris</｜DSML｜parameter>\n</｜DSML｜invoke>\n` +
          `<｜DSML｜invoke name="get_time">\n<｜DSML｜parameter name="tz" string="true">CET</｜DSML｜parameter>\n</｜DSML｜invoke>\n</｜DSML｜${section}>`,
      ] as const,
  ),
  [
    "kimi_k2",
    `<|tool_calls_section_begin|><|tool_call_begin|>functions.get_weather:0<|tool_call_argument_begin|>${city}<|tool_call_end|>` +
      `<|tool_call_begin|>functions.get_time:1<|tool_call_argument_begin|>${zone}<|tool_call_end|><|tool_calls_section_end|>`,
  ],
  [
    "glm45",
    "<tool_call>get_weather\n<arg_key>city</arg_key>\n<arg_value>Paris</arg_value>\n</tool_call>\n" +
      "<tool_call>get_time\n<arg_key>tz</arg_key>\n<arg_value>CET</arg_value>\n</tool_call>",
  ],
  [
    "openai",
    `<|channel|>commentary to=functions.get_weather <|constrain|>json<|message|>${city}<|call|>` +
      `<|start|>assistant<|channel|>commentary to=functions.get_time <|constrain|>json<|message|>${zone}<|call|>`,
  ],
  [
    "gemma4",
    '<|tool_call>call:get_weather{city:<|"|>Paris<|"|>}<tool_call|><|tool_call>call:get_time{tz:<|"|>CET<|"|>}<tool_call|>',
  ],
  ["granite", `<tool_call>[{"name": "get_weather", "arguments": ${city}}, {"name": "get_time", "arguments": ${zone}}]`],
  [
    "internlm",
    `<|action_start|><|plugin|>\n{"name": "get_weather", "parameters": ${city}}<|action_end|>` +
      `<|action_start|><|plugin|>\n{"name": "get_time", "parameters": ${zone}}<|action_end|>`,
  ],
  ["minicpm3", '<|tool_call_start|>\n```python\nget_weather(city="Paris")\nget_time(tz="CET")\n```\n<|tool_call_end|>'],
];

/** The same, for `test.for` and names with `$format`. */
export const eachFormat: readonly { readonly format: string; readonly raw: string }[] = twoCalls.map(
  ([format, raw]) => ({ format, raw }),
);

export const bothTools = { tools: [weather, time] };
export const bothCalls: readonly ExpectedPart[] = [
  call("get_weather", { city: "Paris" }),
  call("get_time", { tz: "CET" }),
];
