import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  formats,
  getFormat,
  parse,
  render,
  RenderError,
  type Format,
  type Message,
  type Part,
  type Tool,
} from "@glossa/core";

const tools: readonly Tool[] = [
  {
    name: "get_weather",
    parameters: {
      type: "object",
      properties: { city: { type: "string" }, days: { type: "integer" } },
      required: ["city"],
    },
  },
  { name: "get_time", parameters: { type: "object", properties: { tz: { type: "string" } } } },
];

const reasoning = (text: string): Part => ({ type: "reasoning", text });
const text = (value: string): Part => ({ type: "text", text: value });
const call = (name: string, args: string, id = "a1B2c3D4e"): Part => ({
  type: "call",
  id,
  name,
  arguments: args,
  status: "complete",
});
const message = (...parts: readonly Part[]): Message => ({ parts });

const weather = call("get_weather", '{"city": "Paris", "days": 3}');
const time = call("get_time", '{"tz": "CET"}');

/** What GLM-4.7 and its kin write. */
const compactGlm = {
  one: "<tool_call>get_weather<arg_key>city</arg_key><arg_value>Paris</arg_value><arg_key>days</arg_key><arg_value>3</arg_value></tool_call>",
  two:
    "<tool_call>get_weather<arg_key>city</arg_key><arg_value>Paris</arg_value><arg_key>days</arg_key><arg_value>3</arg_value></tool_call>" +
    "<tool_call>get_time<arg_key>tz</arg_key><arg_value>CET</arg_value></tool_call>",
  all:
    "<think>Rain?</think>I will look." +
    "<tool_call>get_weather<arg_key>city</arg_key><arg_value>Paris</arg_value><arg_key>days</arg_key><arg_value>3</arg_value></tool_call>",
};

/**
 * What the wire looks like: one call, two calls, and all of a message. `undefined` where the format has one call a turn,
 * or no reasoning.
 */
const wire: {
  readonly [name: string]: { readonly one: string; readonly two: string | undefined; readonly all: string | undefined };
} = {
  hermes: {
    one: '<tool_call>\n{"name": "get_weather", "arguments": {"city": "Paris", "days": 3}}\n</tool_call>',
    two:
      '<tool_call>\n{"name": "get_weather", "arguments": {"city": "Paris", "days": 3}}\n</tool_call>\n' +
      '<tool_call>\n{"name": "get_time", "arguments": {"tz": "CET"}}\n</tool_call>',
    all:
      "<think>\nRain?\n</think>\n\nI will look.\n" +
      '<tool_call>\n{"name": "get_weather", "arguments": {"city": "Paris", "days": 3}}\n</tool_call>',
  },
  exaone4: {
    one: '<tool_call>{"name": "get_weather", "arguments": {"city": "Paris", "days": 3}}</tool_call>',
    two:
      '<tool_call>{"name": "get_weather", "arguments": {"city": "Paris", "days": 3}}</tool_call>\n' +
      '<tool_call>{"name": "get_time", "arguments": {"tz": "CET"}}</tool_call>',
    all:
      "<think>\nRain?\n</think>\n\nI will look.\n" +
      '<tool_call>{"name": "get_weather", "arguments": {"city": "Paris", "days": 3}}</tool_call>',
  },
  qwen3_coder: {
    one:
      "<tool_call>\n<function=get_weather>\n<parameter=city>\nParis\n</parameter>\n" +
      "<parameter=days>\n3\n</parameter>\n</function>\n</tool_call>",
    two:
      "<tool_call>\n<function=get_weather>\n<parameter=city>\nParis\n</parameter>\n" +
      "<parameter=days>\n3\n</parameter>\n</function>\n</tool_call>\n" +
      "<tool_call>\n<function=get_time>\n<parameter=tz>\nCET\n</parameter>\n</function>\n</tool_call>",
    all:
      "<think>\nRain?\n</think>\n\nI will look.\n" +
      "<tool_call>\n<function=get_weather>\n<parameter=city>\nParis\n</parameter>\n" +
      "<parameter=days>\n3\n</parameter>\n</function>\n</tool_call>",
  },
  mistral_json: {
    one: '[TOOL_CALLS][{"name": "get_weather", "arguments": {"city": "Paris", "days": 3}, "id": "a1B2c3D4e"}]',
    two:
      '[TOOL_CALLS][{"name": "get_weather", "arguments": {"city": "Paris", "days": 3}, "id": "a1B2c3D4e"}, ' +
      '{"name": "get_time", "arguments": {"tz": "CET"}, "id": "a1B2c3D4e"}]',
    all: undefined,
  },
  mistral: {
    one: '[TOOL_CALLS]get_weather[ARGS]{"city": "Paris", "days": 3}',
    two: '[TOOL_CALLS]get_weather[ARGS]{"city": "Paris", "days": 3}[TOOL_CALLS]get_time[ARGS]{"tz": "CET"}',
    all: '[THINK]Rain?[/THINK]I will look.[TOOL_CALLS]get_weather[ARGS]{"city": "Paris", "days": 3}',
  },
  llama3_json: {
    one: '{"name": "get_weather", "parameters": {"city": "Paris", "days": 3}}',
    two: '{"name": "get_weather", "parameters": {"city": "Paris", "days": 3}}; {"name": "get_time", "parameters": {"tz": "CET"}}',
    all: undefined,
  },
  functionary_v3_1: {
    one: '<function=get_weather>{"city": "Paris", "days": 3}</function>',
    two: '<function=get_weather>{"city": "Paris", "days": 3}</function><function=get_time>{"tz": "CET"}</function>',
    all: undefined,
  },
  pythonic: {
    one: "[get_weather(city='Paris', days=3)]",
    two: "[get_weather(city='Paris', days=3), get_time(tz='CET')]",
    all: undefined,
  },
  deepseek_r1: {
    one:
      "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>get_weather\n" +
      '```json\n{"city": "Paris", "days": 3}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
    two:
      "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>get_weather\n" +
      '```json\n{"city": "Paris", "days": 3}\n```<｜tool▁call▁end｜>\n<｜tool▁call▁begin｜>function<｜tool▁sep｜>get_time\n' +
      '```json\n{"tz": "CET"}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
    all:
      "<think>\nRain?\n</think>\n\nI will look.\n<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>get_weather\n" +
      '```json\n{"city": "Paris", "days": 3}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
  },
  deepseek_v31: {
    one:
      "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>get_weather<｜tool▁sep｜>" +
      '{"city": "Paris", "days": 3}<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
    two:
      '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>get_weather<｜tool▁sep｜>{"city": "Paris", "days": 3}<｜tool▁call▁end｜>' +
      '<｜tool▁call▁begin｜>get_time<｜tool▁sep｜>{"tz": "CET"}<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
    all:
      "<think>Rain?</think>I will look.<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>get_weather<｜tool▁sep｜>" +
      '{"city": "Paris", "days": 3}<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
  },
  deepseek_v32: dsml("function_calls"),
  deepseek_v4: dsml("tool_calls"),
  deepseek_v41: dsml("calls", " "),
  kimi_k2: {
    one:
      "<|tool_calls_section_begin|><|tool_call_begin|>functions.get_weather:0<|tool_call_argument_begin|>" +
      '{"city": "Paris", "days": 3}<|tool_call_end|><|tool_calls_section_end|>',
    two:
      "<|tool_calls_section_begin|><|tool_call_begin|>functions.get_weather:0<|tool_call_argument_begin|>" +
      '{"city": "Paris", "days": 3}<|tool_call_end|><|tool_call_begin|>functions.get_time:1<|tool_call_argument_begin|>' +
      '{"tz": "CET"}<|tool_call_end|><|tool_calls_section_end|>',
    all:
      "<think>Rain?</think>I will look.<|tool_calls_section_begin|><|tool_call_begin|>functions.get_weather:0" +
      '<|tool_call_argument_begin|>{"city": "Paris", "days": 3}<|tool_call_end|><|tool_calls_section_end|>',
  },
  cwm: {
    one: '<tool: get_weather>\n{"city": "Paris", "days": 3}\n</tool>',
    two: '<tool: get_weather>\n{"city": "Paris", "days": 3}\n</tool>\n<tool: get_time>\n{"tz": "CET"}\n</tool>',
    all: '<think>\nRain?\n</think>\nI will look.\n<tool: get_weather>\n{"city": "Paris", "days": 3}\n</tool>',
  },
  glm4: {
    one: 'get_weather\n{"city": "Paris", "days": 3}',
    two: undefined,
    all: undefined,
  },
  glm45: glm(),
  glm47: compactGlm,
  openai: {
    one: '<|channel|>commentary to=functions.get_weather <|constrain|>json<|message|>{"city": "Paris", "days": 3}<|call|>',
    two:
      '<|channel|>commentary to=functions.get_weather <|constrain|>json<|message|>{"city": "Paris", "days": 3}<|call|>' +
      '<|start|>assistant<|channel|>commentary to=functions.get_time <|constrain|>json<|message|>{"tz": "CET"}<|call|>',
    all:
      "<|channel|>analysis<|message|>Rain?<|end|><|start|>assistant<|channel|>commentary<|message|>I will look.<|end|>" +
      "<|start|>assistant<|channel|>commentary to=functions.get_weather <|constrain|>json<|message|>" +
      '{"city": "Paris", "days": 3}<|call|>',
  },
  gemma4: {
    one: '<|tool_call>call:get_weather{city:<|"|>Paris<|"|>,days:3}<tool_call|>',
    two:
      '<|tool_call>call:get_weather{city:<|"|>Paris<|"|>,days:3}<tool_call|>' +
      '<|tool_call>call:get_time{tz:<|"|>CET<|"|>}<tool_call|>',
    all: '<|channel>thought\nRain?\n<channel|>I will look.<|tool_call>call:get_weather{city:<|"|>Paris<|"|>,days:3}<tool_call|>',
  },
  granite: {
    one: '<|tool_call|>[{"name": "get_weather", "arguments": {"city": "Paris", "days": 3}}]',
    two:
      '<|tool_call|>[{"name": "get_weather", "arguments": {"city": "Paris", "days": 3}}, ' +
      '{"name": "get_time", "arguments": {"tz": "CET"}}]',
    all:
      "Here is my thought process:\nRain?\nHere is my response:\nI will look." +
      '<|tool_call|>[{"name": "get_weather", "arguments": {"city": "Paris", "days": 3}}]',
  },
  internlm: {
    one: '<|action_start|><|plugin|>\n{"name": "get_weather", "arguments": {"city": "Paris", "days": 3}}<|action_end|>',
    two:
      '<|action_start|><|plugin|>\n{"name": "get_weather", "arguments": {"city": "Paris", "days": 3}}<|action_end|>' +
      '<|action_start|><|plugin|>\n{"name": "get_time", "arguments": {"tz": "CET"}}<|action_end|>',
    all: undefined,
  },
  apertus: {
    one: '<|tools_prefix|>[{"get_weather": {"city": "Paris", "days": 3}}]<|tools_suffix|>',
    two: '<|tools_prefix|>[{"get_weather": {"city": "Paris", "days": 3}}, {"get_time": {"tz": "CET"}}]<|tools_suffix|>',
    all:
      "<|inner_prefix|>Rain?<|inner_suffix|>I will look." +
      '<|tools_prefix|>[{"get_weather": {"city": "Paris", "days": 3}}]<|tools_suffix|>',
  },
  muse_glimmer: {
    one:
      ' to=get_weather<|message|><atem:function_calls>\n<atem:invoke name="get_weather">\n' +
      '<atem:parameter name="city">Paris</atem:parameter>\n<atem:parameter name="days">3</atem:parameter>\n' +
      "</atem:invoke>\n</atem:function_calls><|eom|>",
    two:
      ' to=get_weather<|message|><atem:function_calls>\n<atem:invoke name="get_weather">\n' +
      '<atem:parameter name="city">Paris</atem:parameter>\n<atem:parameter name="days">3</atem:parameter>\n' +
      "</atem:invoke>\n</atem:function_calls><|eom|><|start|>assistant to=get_time<|message|><atem:function_calls>\n" +
      '<atem:invoke name="get_time">\n<atem:parameter name="tz">CET</atem:parameter>\n' +
      "</atem:invoke>\n</atem:function_calls><|eom|>",
    all:
      " to=self<|message|>Rain?<|eom|><|start|>assistant to=user<|message|>I will look.<|eom|><|start|>assistant" +
      ' to=get_weather<|message|><atem:function_calls>\n<atem:invoke name="get_weather">\n' +
      '<atem:parameter name="city">Paris</atem:parameter>\n<atem:parameter name="days">3</atem:parameter>\n' +
      "</atem:invoke>\n</atem:function_calls><|eom|>",
  },
  inkling: {
    one: 'get_weather<|content_invoke_tool_json|>{"name": "get_weather", "args": {"city": "Paris", "days": 3}}<|end_message|>',
    two:
      'get_weather<|content_invoke_tool_json|>{"name": "get_weather", "args": {"city": "Paris", "days": 3}}<|end_message|>' +
      '<|message_model|>get_time<|content_invoke_tool_json|>{"name": "get_time", "args": {"tz": "CET"}}<|end_message|>',
    all:
      "<|content_thinking|>Rain?<|end_message|><|message_model|><|content_text|>I will look.<|end_message|>" +
      '<|message_model|>get_weather<|content_invoke_tool_json|>{"name": "get_weather", "args": {"city": "Paris", "days": 3}}<|end_message|>',
  },
  minicpm3: {
    one: "<|tool_call_start|>\n```python\nget_weather(city='Paris', days=3)\n```\n<|tool_call_end|>",
    two: "<|tool_call_start|>\n```python\nget_weather(city='Paris', days=3)\nget_time(tz='CET')\n```\n<|tool_call_end|>",
    all:
      "<|thought_start|>\nRain?\n<|thought_end|>\nI will look." +
      "<|tool_call_start|>\n```python\nget_weather(city='Paris', days=3)\n```\n<|tool_call_end|>",
  },
  granite_20b_fc: {
    one: '<function_call> {"name": "get_weather", "arguments": {"city": "Paris", "days": 3}}',
    two:
      '<function_call> {"name": "get_weather", "arguments": ' +
      '{"city": "Paris", "days": 3}} <function_call> {"name": "get_time", "arguments": ' +
      '{"tz": "CET"}}',
    all: undefined,
  },
  hunyuan_a13b: {
    one: '<tool_calls>[{"name": "get_weather", "arguments": {"city": "Paris", "days": 3}}]</tool_calls>',
    two:
      '<tool_calls>[{"name": "get_weather", "arguments": {"city": "Paris", "days": 3}}, ' +
      '{"name": "get_time", "arguments": {"tz": "CET"}}]</tool_calls>',
    all:
      "<think>\nRain?\n</think>\n<answer>\nI will look.\n</answer>\n" +
      '<tool_calls>[{"name": "get_weather", "arguments": ' +
      '{"city": "Paris", "days": 3}}]</tool_calls>',
  },
  minimax: {
    one: '<tool_calls>\n{"name": "get_weather", "arguments": {"city": "Paris", "days": 3}}\n</tool_calls>',
    two:
      '<tool_calls>\n{"name": "get_weather", "arguments": {"city": "Paris", "days": 3}}\n' +
      '{"name": "get_time", "arguments": {"tz": "CET"}}\n</tool_calls>',
    all:
      "<think>\nRain?\n</think>\n\nI will look.\n<tool_calls>\n" +
      '{"name": "get_weather", "arguments": {"city": "Paris", "days": 3}}\n</tool_calls>',
  },
  jamba: {
    one: '<tool_calls>[\n    {"name": "get_weather", "arguments": {"city": "Paris", "days": 3}}\n]</tool_calls>',
    two:
      '<tool_calls>[\n    {"name": "get_weather", "arguments": ' +
      '{"city": "Paris", "days": 3}},\n    {"name": "get_time", "arguments": {"tz": "CET"}}\n' +
      "]</tool_calls>",
    all: undefined,
  },
  phi4_mini_json: {
    one: 'functools[{"name": "get_weather", "arguments": {"city": "Paris", "days": 3}}]',
    two:
      'functools[{"name": "get_weather", "arguments": {"city": "Paris", "days": 3}}, ' +
      '{"name": "get_time", "arguments": {"tz": "CET"}}]',
    all: undefined,
  },
  phi4_mini_tag: {
    one: '<|tool_call|>[{"name": "get_weather", "arguments": {"city": "Paris", "days": 3}}]<|/tool_call|>',
    two:
      '<|tool_call|>[{"name": "get_weather", "arguments": {"city": "Paris", "days": 3}}, ' +
      '{"name": "get_time", "arguments": {"tz": "CET"}}]<|/tool_call|>',
    all: undefined,
  },
  firefunction_v2: {
    one: ' functools[{"name": "get_weather", "arguments": {"city": "Paris", "days": 3}}]',
    two:
      ' functools[{"name": "get_weather", "arguments": {"city": "Paris", "days": 3}}, ' +
      '{"name": "get_time", "arguments": {"tz": "CET"}}]',
    all: undefined,
  },
  xlam: {
    one: '[{"name": "get_weather", "arguments": {"city": "Paris", "days": 3}}]',
    two:
      '[{"name": "get_weather", "arguments": {"city": "Paris", "days": 3}}, ' +
      '{"name": "get_time", "arguments": {"tz": "CET"}}]',
    all:
      "<think>\nRain?\n</think>\n\n" +
      'I will look.[{"name": "get_weather", "arguments": {"city": "Paris", "days": 3}}]',
  },
  hammer: {
    one: '```\n[\n    {"name": "get_weather", "arguments": {"city": "Paris", "days": 3}}\n]\n```',
    two:
      '```\n[\n    {"name": "get_weather", "arguments": {"city": "Paris", "days": 3}},\n' +
      '    {"name": "get_time", "arguments": {"tz": "CET"}}\n]\n```',
    all: undefined,
  },
  ernie45: {
    one: '<tool_call>\n{"name": "get_weather", "arguments": {"city": "Paris", "days": 3}}\n</tool_call>',
    two:
      '<tool_call>\n{"name": "get_weather", "arguments": {"city": "Paris", "days": 3}}\n' +
      '</tool_call>\n<tool_call>\n{"name": "get_time", "arguments": {"tz": "CET"}}\n' +
      "</tool_call>",
    all:
      "<think>\nRain?\n</think>\n\n<response>\nI will look.\n</response>\n<tool_call>\n" +
      '{"name": "get_weather", "arguments": {"city": "Paris", "days": 3}}\n</tool_call>',
  },
  longcat: {
    one:
      "<longcat_tool_call>\n" +
      '{"name": "get_weather", "arguments": {"city": "Paris", "days": 3}}\n' +
      "</longcat_tool_call>",
    two:
      "<longcat_tool_call>\n" +
      '{"name": "get_weather", "arguments": {"city": "Paris", "days": 3}}\n' +
      "</longcat_tool_call>\n<longcat_tool_call>\n" +
      '{"name": "get_time", "arguments": {"tz": "CET"}}\n</longcat_tool_call>',
    all:
      "<longcat_think>\nRain?\n</longcat_think>\nI will look.\n<longcat_tool_call>\n" +
      '{"name": "get_weather", "arguments": {"city": "Paris", "days": 3}}\n' +
      "</longcat_tool_call>",
  },
  nemotron_json: {
    one: '<TOOLCALL>[{"name": "get_weather", "arguments": {"city": "Paris", "days": 3}}]</TOOLCALL>',
    two:
      '<TOOLCALL>[{"name": "get_weather", "arguments": {"city": "Paris", "days": 3}}, ' +
      '{"name": "get_time", "arguments": {"tz": "CET"}}]</TOOLCALL>',
    all:
      "<think>\nRain?\n</think>\n\nI will look.\n" +
      '<TOOLCALL>[{"name": "get_weather", "arguments": ' +
      '{"city": "Paris", "days": 3}}]</TOOLCALL>',
  },
  gigachat3: {
    one: '<|message_sep|>\n\nfunction call<|role_sep|>\n{"name": "get_weather", "arguments": {"city": "Paris", "days": 3}}',
    two: undefined,
    all: undefined,
  },
  cohere_command3: {
    one:
      "<|START_ACTION|>[\n    " +
      '{"tool_call_id": "a1B2c3D4e", "tool_name": "get_weather", "parameters": ' +
      '{"city": "Paris", "days": 3}}\n]<|END_ACTION|>',
    two:
      "<|START_ACTION|>[\n    " +
      '{"tool_call_id": "a1B2c3D4e", "tool_name": "get_weather", "parameters": ' +
      '{"city": "Paris", "days": 3}},\n' +
      '    {"tool_call_id": "a1B2c3D4e", "tool_name": "get_time", "parameters": ' +
      '{"tz": "CET"}}\n]<|END_ACTION|>',
    all:
      "<|START_THINKING|>Rain?<|END_THINKING|>" +
      "<|START_RESPONSE|>I will look.<|END_RESPONSE|><|START_ACTION|>[\n" +
      '    {"tool_call_id": "a1B2c3D4e", "tool_name": "get_weather", "parameters": ' +
      '{"city": "Paris", "days": 3}}\n]<|END_ACTION|>',
  },
  command_r: {
    one: 'Action:\n```json\n[\n    {"tool_name": "get_weather", "parameters": {"city": "Paris", "days": 3}}\n]```',
    two:
      'Action:\n```json\n[\n    {"tool_name": "get_weather", "parameters": ' +
      '{"city": "Paris", "days": 3}},\n' +
      '    {"tool_name": "get_time", "parameters": {"tz": "CET"}}\n]```',
    all: undefined,
  },
  pangu: {
    one: '<|tool_call_start|>[{"name": "get_weather", "arguments": {"city": "Paris", "days": 3}}]<|tool_call_end|>',
    two:
      '<|tool_call_start|>[{"name": "get_weather", "arguments": ' +
      '{"city": "Paris", "days": 3}}, {"name": "get_time", "arguments": ' +
      '{"tz": "CET"}}]<|tool_call_end|>',
    all:
      "[unused16]\nRain?\n[unused17]\n" +
      'I will look.<|tool_call_start|>[{"name": "get_weather", "arguments": ' +
      '{"city": "Paris", "days": 3}}]<|tool_call_end|>',
  },
  plamo3: {
    one:
      "<|plamo:begin_tool_requests:plamo|><|plamo:begin_tool_request:plamo|>" +
      "<|plamo:begin_tool_name:plamo|>get_weather<|plamo:end_tool_name:plamo|>" +
      "<|plamo:begin_tool_arguments:plamo|>" +
      "<|plamo:constrain|>json<|plamo:msg|>" +
      '{"city": "Paris", "days": 3}<|plamo:end_tool_arguments:plamo|>' +
      "<|plamo:end_tool_request:plamo|><|plamo:end_tool_requests:plamo|>",
    two:
      "<|plamo:begin_tool_requests:plamo|><|plamo:begin_tool_request:plamo|>" +
      "<|plamo:begin_tool_name:plamo|>get_weather<|plamo:end_tool_name:plamo|>" +
      "<|plamo:begin_tool_arguments:plamo|>" +
      "<|plamo:constrain|>json<|plamo:msg|>" +
      '{"city": "Paris", "days": 3}<|plamo:end_tool_arguments:plamo|>' +
      "<|plamo:end_tool_request:plamo|><|plamo:begin_tool_request:plamo|>" +
      "<|plamo:begin_tool_name:plamo|>get_time<|plamo:end_tool_name:plamo|>" +
      "<|plamo:begin_tool_arguments:plamo|>" +
      "<|plamo:constrain|>json<|plamo:msg|>" +
      '{"tz": "CET"}<|plamo:end_tool_arguments:plamo|><|plamo:end_tool_request:plamo|>' +
      "<|plamo:end_tool_requests:plamo|>",
    all:
      "<|plamo:begin_think:plamo|>Rain?<|plamo:end_think:plamo|>I will look.<|plamo:begin_t" +
      "ool_requests:plamo|><|plamo:begin_tool_request:plamo|>" +
      "<|plamo:begin_tool_name:plamo|>get_weather<|plamo:end_tool_name:plamo|>" +
      "<|plamo:begin_tool_arguments:plamo|>" +
      "<|plamo:constrain|>json<|plamo:msg|>" +
      '{"city": "Paris", "days": 3}<|plamo:end_tool_arguments:plamo|>' +
      "<|plamo:end_tool_request:plamo|><|plamo:end_tool_requests:plamo|>",
  },
  functionary_v3_2: {
    one: '>>>get_weather\n{"city": "Paris", "days": 3}',
    two: '>>>get_weather\n{"city": "Paris", "days": 3}>>>get_time\n{"tz": "CET"}',
    all: undefined,
  },
  bare_json: {
    one: '{"name": "get_weather", "arguments": {"city": "Paris", "days": 3}}',
    two: undefined,
    all: undefined,
  },
  seed_oss: {
    one:
      "<seed:tool_call>\n<function=get_weather>\n<parameter=city>Paris</parameter>\n" +
      "<parameter=days>3</parameter>\n</function>\n</seed:tool_call>",
    two:
      "<seed:tool_call>\n<function=get_weather>\n<parameter=city>Paris</parameter>\n" +
      "<parameter=days>3</parameter>\n</function>\n</seed:tool_call>\n<seed:tool_call>\n<function=get_time>\n" +
      "<parameter=tz>CET</parameter>\n</function>\n</seed:tool_call>",
    all:
      "<seed:think>Rain?</seed:think>\nI will look.\n\n<seed:tool_call>\n<function=get_weather>\n" +
      "<parameter=city>Paris</parameter>\n<parameter=days>3</parameter>\n</function>\n</seed:tool_call>",
  },
  minimax_m2: {
    one:
      '<minimax:tool_call>\n<invoke name="get_weather">\n<parameter name="city">Paris</parameter>\n' +
      '<parameter name="days">3</parameter>\n</invoke>\n</minimax:tool_call>',
    two:
      '<minimax:tool_call>\n<invoke name="get_weather">\n<parameter name="city">Paris</parameter>\n' +
      '<parameter name="days">3</parameter>\n</invoke>\n<invoke name="get_time">\n' +
      '<parameter name="tz">CET</parameter>\n</invoke>\n</minimax:tool_call>',
    all:
      '<think>\nRain?\n</think>\n\nI will look.\n<minimax:tool_call>\n<invoke name="get_weather">\n' +
      '<parameter name="city">Paris</parameter>\n<parameter name="days">3</parameter>\n</invoke>\n' +
      "</minimax:tool_call>",
  },
  minimax_m3: {
    one:
      ']<]minimax[>[<tool_call>\n]<]minimax[>[<invoke name="get_weather">]<]minimax[>[<city>Paris]<]minimax[>[</city>' +
      "]<]minimax[>[<days>3]<]minimax[>[</days>]<]minimax[>[</invoke>\n]<]minimax[>[</tool_call>",
    two:
      ']<]minimax[>[<tool_call>\n]<]minimax[>[<invoke name="get_weather">]<]minimax[>[<city>Paris]<]minimax[>[</city>' +
      "]<]minimax[>[<days>3]<]minimax[>[</days>]<]minimax[>[</invoke>\n" +
      ']<]minimax[>[<invoke name="get_time">]<]minimax[>[<tz>CET]<]minimax[>[</tz>]<]minimax[>[</invoke>\n' +
      "]<]minimax[>[</tool_call>",
    all:
      "<mm:think>Rain?</mm:think>I will look." +
      ']<]minimax[>[<tool_call>\n]<]minimax[>[<invoke name="get_weather">]<]minimax[>[<city>Paris]<]minimax[>[</city>' +
      "]<]minimax[>[<days>3]<]minimax[>[</days>]<]minimax[>[</invoke>\n]<]minimax[>[</tool_call>",
  },
  step3: {
    one:
      '<｜tool_calls_begin｜>\n<｜tool_call_begin｜>function<｜tool_sep｜><steptml:invoke name="get_weather">\n' +
      '<steptml:parameter name="city">Paris</steptml:parameter>\n' +
      '<steptml:parameter name="days">3</steptml:parameter>\n</steptml:invoke><｜tool_call_end｜>\n' +
      "<｜tool_calls_end｜>",
    two:
      '<｜tool_calls_begin｜>\n<｜tool_call_begin｜>function<｜tool_sep｜><steptml:invoke name="get_weather">\n' +
      '<steptml:parameter name="city">Paris</steptml:parameter>\n' +
      '<steptml:parameter name="days">3</steptml:parameter>\n</steptml:invoke><｜tool_call_end｜>\n' +
      '<｜tool_call_begin｜>function<｜tool_sep｜><steptml:invoke name="get_time">\n' +
      '<steptml:parameter name="tz">CET</steptml:parameter>\n</steptml:invoke><｜tool_call_end｜>\n' +
      "<｜tool_calls_end｜>",
    all:
      "<think>\nRain?\n</think>\nI will look.\n<｜tool_calls_begin｜>\n" +
      '<｜tool_call_begin｜>function<｜tool_sep｜><steptml:invoke name="get_weather">\n' +
      '<steptml:parameter name="city">Paris</steptml:parameter>\n' +
      '<steptml:parameter name="days">3</steptml:parameter>\n</steptml:invoke><｜tool_call_end｜>\n' +
      "<｜tool_calls_end｜>",
  },
  dots: {
    one:
      "<dots_function_call>" +
      '<invoke name="get_weather"><parameter name="city">Paris</parameter><parameter name="days">3</parameter></invoke>' +
      "</dots_function_call>",
    two:
      "<dots_function_call>" +
      '<invoke name="get_weather"><parameter name="city">Paris</parameter><parameter name="days">3</parameter></invoke>' +
      '<invoke name="get_time"><parameter name="tz">CET</parameter></invoke></dots_function_call>',
    all:
      "<think>\nRain?\n</think>\n\nI will look.<dots_function_call>" +
      '<invoke name="get_weather"><parameter name="city">Paris</parameter><parameter name="days">3</parameter></invoke>' +
      "</dots_function_call>",
  },
  solar_open2: {
    one:
      "<|tool_call:start|>get_weather\n<|tool_arg:start|>city<|tool_arg:value|>Paris<|tool_arg:end|>\n" +
      "<|tool_arg:start|>days<|tool_arg:value|>3<|tool_arg:end|>\n<|tool_call:end|>",
    two:
      "<|tool_call:start|>get_weather\n<|tool_arg:start|>city<|tool_arg:value|>Paris<|tool_arg:end|>\n" +
      "<|tool_arg:start|>days<|tool_arg:value|>3<|tool_arg:end|>\n" +
      "<|tool_call:end|><|tool_call:start|>get_time\n" +
      "<|tool_arg:start|>tz<|tool_arg:value|>CET<|tool_arg:end|>\n<|tool_call:end|>",
    all:
      "<|think:start|>Rain?<|think:end|>I will look.<|tool_call:start|>get_weather\n" +
      "<|tool_arg:start|>city<|tool_arg:value|>Paris<|tool_arg:end|>\n" +
      "<|tool_arg:start|>days<|tool_arg:value|>3<|tool_arg:end|>\n<|tool_call:end|>",
  },
  k2_horizon: {
    one:
      "<ifm|tool_calls>\n<ifm|tool_call>get_weather\n<ifm|arg_key>city</ifm|arg_key>\n" +
      "<ifm|arg_value>Paris</ifm|arg_value>\n<ifm|arg_key>days</ifm|arg_key>\n" +
      "<ifm|arg_value>3</ifm|arg_value>\n</ifm|tool_call>\n</ifm|tool_calls>",
    two:
      "<ifm|tool_calls>\n<ifm|tool_call>get_weather\n<ifm|arg_key>city</ifm|arg_key>\n" +
      "<ifm|arg_value>Paris</ifm|arg_value>\n<ifm|arg_key>days</ifm|arg_key>\n" +
      "<ifm|arg_value>3</ifm|arg_value>\n</ifm|tool_call>\n<ifm|tool_call>get_time\n" +
      "<ifm|arg_key>tz</ifm|arg_key>\n<ifm|arg_value>CET</ifm|arg_value>\n</ifm|tool_call>\n</ifm|tool_calls>",
    all:
      "<ifm|think>\nRain?\n</ifm|think>\nI will look.<ifm|tool_calls>\n<ifm|tool_call>get_weather\n" +
      "<ifm|arg_key>city</ifm|arg_key>\n<ifm|arg_value>Paris</ifm|arg_value>\n" +
      "<ifm|arg_key>days</ifm|arg_key>\n<ifm|arg_value>3</ifm|arg_value>\n</ifm|tool_call>\n</ifm|tool_calls>",
  },
  minicpm5: {
    one: '<function name="get_weather"><param name="city">Paris</param><param name="days">3</param></function>',
    two:
      '<function name="get_weather"><param name="city">Paris</param><param name="days">3</param></function>' +
      '<function name="get_time"><param name="tz">CET</param></function>',
    all:
      "<think>\nRain?\n</think>\n\n" +
      'I will look.<function name="get_weather"><param name="city">Paris</param><param name="days">3</param></function>',
  },
  gigachat35: {
    one:
      '<｜GCML｜tool_calls>\n<｜GCML｜invoke name="get_weather">\n' +
      '<｜GCML｜parameter name="city" string="true">Paris</｜GCML｜parameter>\n' +
      '<｜GCML｜parameter name="days" string="false">3</｜GCML｜parameter>\n</｜GCML｜invoke>\n</｜GCML｜tool_calls>',
    two:
      '<｜GCML｜tool_calls>\n<｜GCML｜invoke name="get_weather">\n' +
      '<｜GCML｜parameter name="city" string="true">Paris</｜GCML｜parameter>\n' +
      '<｜GCML｜parameter name="days" string="false">3</｜GCML｜parameter>\n</｜GCML｜invoke>\n' +
      '<｜GCML｜invoke name="get_time">\n<｜GCML｜parameter name="tz" string="true">CET</｜GCML｜parameter>\n' +
      "</｜GCML｜invoke>\n</｜GCML｜tool_calls>",
    all:
      '<think>Rain?</think>\n\nI will look.\n\n<｜GCML｜tool_calls>\n<｜GCML｜invoke name="get_weather">\n' +
      '<｜GCML｜parameter name="city" string="true">Paris</｜GCML｜parameter>\n' +
      '<｜GCML｜parameter name="days" string="false">3</｜GCML｜parameter>\n</｜GCML｜invoke>\n</｜GCML｜tool_calls>',
  },
  hy_v3: {
    one:
      "<tool_calls>\n<tool_call>get_weather<tool_sep>\n<arg_key>city</arg_key>\n<arg_value>Paris</arg_value>\n" +
      "<arg_key>days</arg_key>\n<arg_value>3</arg_value>\n</tool_call>\n</tool_calls>",
    two:
      "<tool_calls>\n<tool_call>get_weather<tool_sep>\n<arg_key>city</arg_key>\n<arg_value>Paris</arg_value>\n" +
      "<arg_key>days</arg_key>\n<arg_value>3</arg_value>\n</tool_call>\n<tool_call>get_time<tool_sep>\n" +
      "<arg_key>tz</arg_key>\n<arg_value>CET</arg_value>\n</tool_call>\n</tool_calls>",
    all:
      "<think>\nRain?\n</think>\n\nI will look.\n<tool_calls>\n<tool_call>get_weather<tool_sep>\n" +
      "<arg_key>city</arg_key>\n<arg_value>Paris</arg_value>\n<arg_key>days</arg_key>\n" +
      "<arg_value>3</arg_value>\n</tool_call>\n</tool_calls>",
  },
  hy_v4: {
    one:
      "<tool_calls>\n<tool_call>get_weather\n<arg_key>city</arg_key>\n<arg_value>Paris</arg_value>\n" +
      "<arg_key>days</arg_key>\n<arg_value>3</arg_value>\n</tool_call>\n</tool_calls>",
    two:
      "<tool_calls>\n<tool_call>get_weather\n<arg_key>city</arg_key>\n<arg_value>Paris</arg_value>\n" +
      "<arg_key>days</arg_key>\n<arg_value>3</arg_value>\n</tool_call>\n<tool_call>get_time\n" +
      "<arg_key>tz</arg_key>\n<arg_value>CET</arg_value>\n</tool_call>\n</tool_calls>",
    all:
      "<think>\nRain?\n</think>\n\nI will look.\n<tool_calls>\n<tool_call>get_weather\n<arg_key>city</arg_key>\n" +
      "<arg_value>Paris</arg_value>\n<arg_key>days</arg_key>\n<arg_value>3</arg_value>\n</tool_call>\n" +
      "</tool_calls>",
  },
  llama4_pythonic: {
    one: "<|python_start|>[get_weather(city='Paris', days=3)]<|python_end|>",
    two: "<|python_start|>[get_weather(city='Paris', days=3), get_time(tz='CET')]<|python_end|>",
    all: undefined,
  },
  olmo3: {
    one: "<function_calls>get_weather(city='Paris', days=3)</function_calls>",
    two: "<function_calls>get_weather(city='Paris', days=3)\nget_time(tz='CET')</function_calls>",
    all: "<think>\nRain?\n</think>\n\nI will look.<function_calls>get_weather(city='Paris', days=3)</function_calls>",
  },
  lfm2: {
    one: "<|tool_call_start|>[get_weather(city='Paris', days=3)]<|tool_call_end|>",
    two: "<|tool_call_start|>[get_weather(city='Paris', days=3), get_time(tz='CET')]<|tool_call_end|>",
    all: "<think>Rain?</think>I will look.<|tool_call_start|>[get_weather(city='Paris', days=3)]<|tool_call_end|>",
  },
  functiongemma: {
    one: "<start_function_call>call:get_weather{city:<escape>Paris<escape>,days:3}<end_function_call>",
    two:
      "<start_function_call>call:get_weather{city:<escape>Paris<escape>,days:3}<end_function_call>" +
      "<start_function_call>call:get_time{tz:<escape>CET<escape>}<end_function_call>",
    all: undefined,
  },
  cohere_command4: {
    one:
      '<cofl:tool_calls><cofl:tool_call id="a1B2c3D4e" name="get_weather">' +
      '<cofl:value name="city" type="raw">Paris</cofl:value>' +
      '<cofl:value name="days" type="json">3</cofl:value></cofl:tool_call></cofl:tool_calls>',
    two:
      '<cofl:tool_calls><cofl:tool_call id="a1B2c3D4e" name="get_weather">' +
      '<cofl:value name="city" type="raw">Paris</cofl:value>' +
      '<cofl:value name="days" type="json">3</cofl:value></cofl:tool_call>' +
      '<cofl:tool_call id="a1B2c3D4e" name="get_time">' +
      '<cofl:value name="tz" type="raw">CET</cofl:value></cofl:tool_call></cofl:tool_calls>',
    all:
      "<|START_THINKING|>Rain?<|END_THINKING|><|START_TEXT|>I will look.<|END_TEXT|><cofl:tool_calls>" +
      '<cofl:tool_call id="a1B2c3D4e" name="get_weather">' +
      '<cofl:value name="city" type="raw">Paris</cofl:value>' +
      '<cofl:value name="days" type="json">3</cofl:value></cofl:tool_call></cofl:tool_calls>',
  },
  kimi_k3: {
    one:
      '<|open|>tools<|sep|><|open|>call tool="get_weather" index="1"<|sep|>' +
      '<|open|>argument key="city" type="string"<|sep|>Paris<|close|>argument<|sep|>' +
      '<|open|>argument key="days" type="number"<|sep|>3<|close|>argument<|sep|><|close|>call<|sep|><|close|>tools<|sep|>',
    two:
      '<|open|>tools<|sep|><|open|>call tool="get_weather" index="1"<|sep|>' +
      '<|open|>argument key="city" type="string"<|sep|>Paris<|close|>argument<|sep|>' +
      '<|open|>argument key="days" type="number"<|sep|>3<|close|>argument<|sep|><|close|>call<|sep|>' +
      '<|open|>call tool="get_time" index="2"<|sep|>' +
      '<|open|>argument key="tz" type="string"<|sep|>CET<|close|>argument<|sep|><|close|>call<|sep|><|close|>tools<|sep|>',
    all:
      "<|open|>think<|sep|>Rain?<|close|>think<|sep|>" +
      "<|open|>response<|sep|>I will look.<|close|>response<|sep|><|open|>tools<|sep|>" +
      '<|open|>call tool="get_weather" index="1"<|sep|>' +
      '<|open|>argument key="city" type="string"<|sep|>Paris<|close|>argument<|sep|>' +
      '<|open|>argument key="days" type="number"<|sep|>3<|close|>argument<|sep|><|close|>call<|sep|><|close|>tools<|sep|>',
  },
  ling3: compactGlm,
  poolside_v1: compactGlm,
};

function glm(): { readonly one: string; readonly two: string; readonly all: string } {
  return {
    one:
      "<tool_call>get_weather\n<arg_key>city</arg_key>\n<arg_value>Paris</arg_value>\n" +
      "<arg_key>days</arg_key>\n<arg_value>3</arg_value>\n</tool_call>",
    two:
      "<tool_call>get_weather\n<arg_key>city</arg_key>\n<arg_value>Paris</arg_value>\n" +
      "<arg_key>days</arg_key>\n<arg_value>3</arg_value>\n</tool_call>\n" +
      "<tool_call>get_time\n<arg_key>tz</arg_key>\n<arg_value>CET</arg_value>\n</tool_call>",
    all:
      "<think>Rain?</think>\nI will look.\n<tool_call>get_weather\n<arg_key>city</arg_key>\n<arg_value>Paris</arg_value>\n" +
      "<arg_key>days</arg_key>\n<arg_value>3</arg_value>\n</tool_call>",
  };
}

function dsml(section: string, gap = ""): { readonly one: string; readonly two: string; readonly all: string } {
  const invoke =
    '<｜DSML｜invoke name="get_weather">\n<｜DSML｜parameter name="city" string="true">Paris</｜DSML｜parameter>\n' +
    '<｜DSML｜parameter name="days" string="false">3</｜DSML｜parameter>\n</｜DSML｜invoke>\n';
  const other =
    '<｜DSML｜invoke name="get_time">\n<｜DSML｜parameter name="tz" string="true">CET</｜DSML｜parameter>\n</｜DSML｜invoke>\n';
  const within = (inside: string): string => `<｜DSML｜${section}>\n${inside}</｜DSML｜${section}>`;
  const spaced = (text: string): string => text.replaceAll("｜DSML｜", `｜DSML｜${gap}`);
  return {
    one: spaced(within(invoke)),
    two: spaced(within(invoke + other)),
    all: spaced(`<think>Rain?</think>I will look.\n\n${within(invoke)}`),
  };
}

describe.each(formats.map((format) => [format.name, format] as const))("%s", (name, format) => {
  const expected = wire[name];

  test("is in the table", () => {
    expect(expected).toBeDefined();
  });

  test("writes a call", () => {
    expect(render(format, message(weather), { tools })).toBe(expected?.one);
  });

  test("writes parallel calls", () => {
    if (expected?.two === undefined) {
      expect(format.calls?.parallel).toBe(false);
      expect(() => render(format, message(weather, time), { tools })).toThrow(
        new RenderError(1, `${name} has one call a turn`),
      );
    } else expect(render(format, message(weather, time), { tools })).toBe(expected.two);
  });

  test("writes reasoning, text and a call", () => {
    const all = message(reasoning("Rain?"), text("I will look."), weather);
    if (expected?.all === undefined) {
      expect(format.reasoning).toBeUndefined();
      expect(() => render(format, all, { tools })).toThrow(new RenderError(0, `${name} has no markup for reasoning`));
      expect(render(format, message(text("I will look."), weather), { tools })).toContain("I will look.");
    } else expect(render(format, all, { tools })).toBe(expected.all);
  });

  test("writes what it parses without a diagnostic", () => {
    const two = format.calls?.parallel === true ? [weather, time] : [time];
    for (const parts of [[weather], two, [text("I will look."), weather], [text("It is sunny.")]]) {
      const { events } = parse(format, render(format, message(...parts), { tools }), { tools });
      expect(events.filter(({ type }) => type === "diagnostic")).toEqual([]);
    }
  });

  test("keeps numbers as they were written", () => {
    const open: Tool[] = [{ name: "get_weather" }];
    const written = call("get_weather", '{"a": 1.0, "b": 9007199254740993, "c": -0, "d": 1E+2, "e": 0.10}');
    const { parts } = parse(format, render(format, message(written), { tools: open }), { tools: open });
    expect(numbersIn(parts)).toEqual(["1.0", "9007199254740993", "-0", "1E+2", "0.10"]);
  });

  test("has a key __proto__ and empty arguments like any others", () => {
    const open: Tool[] = [{ name: "get_weather" }];
    for (const args of ['{"__proto__": {"x": [true, null]}, "constructor": "x"}', "{}"]) {
      const { parts } = parse(format, render(format, message(call("get_weather", args)), { tools: open }), {
        tools: open,
      });
      expect(parts).toMatchObject([{ type: "call", name: "get_weather", status: "complete" }]);
      expect(argumentsOf(parts[0])).toEqual(JSON.parse(args));
    }
  });

  test("goes 200 levels down", () => {
    const open: Tool[] = [{ name: "get_weather" }];
    const deep = `{"a": ${"[".repeat(100)}${'{"b": '.repeat(100)}1${"}".repeat(100)}${"]".repeat(100)}}`;
    const { parts } = parse(format, render(format, message(call("get_weather", deep)), { tools: open }), {
      tools: open,
    });
    expect(argumentsOf(parts[0])).toEqual(JSON.parse(deep));
  });

  test("refuses what is no complete call", () => {
    for (const status of ["truncated", "malformed"] as const) {
      expect(() => render(format, message({ ...weather, status } as Part), { tools })).toThrow(
        new RenderError(0, `the call is ${status}; only complete calls are written`),
      );
    }
    for (const args of ["[]", "1", "null", '"{}"']) {
      expect(() => render(format, message(call("get_weather", args)), { tools })).toThrow(
        "part 0: the arguments are no JSON object",
      );
    }
    for (const args of ["", "{", "{'a': 1}", '{"a": 01}', '{"a": "\n"}', "{}x"]) {
      expect(() => render(format, message(call("get_weather", args)), { tools })).toThrow(
        "part 0: the arguments are no JSON:",
      );
    }
  });

  test("refuses parts that leave no trace or run together", () => {
    expect(() => render(format, message(text("")))).toThrow("part 0: empty text leaves no trace on the wire");
    expect(() => render(format, message(text("a"), text("b")))).toThrow(
      "part 1: text directly behind text reads back as one part",
    );
  });

  test("refuses text that is a call", () => {
    const disguised = message(text(render(format, message(weather), { tools })));
    expect(() => render(format, disguised, { tools })).toThrow(RenderError);
    expect(render(format, disguised, { tools, verify: false })).toContain("get_weather");
  });
});

function argumentsOf(part: Part | undefined): unknown {
  return part?.type === "call" ? JSON.parse(part.arguments) : undefined;
}

function numbersIn(parts: readonly Part[]): readonly string[] {
  const args = parts[0]?.type === "call" ? parts[0].arguments : "";
  return [...args.matchAll(/: ?([-+.\dEe]+)/g)].map((match) => match[1]!);
}

describe("what only some formats have", () => {
  test("a white-space lead is left out behind reasoning that ends in white space", () => {
    expect(render(getFormat("hermes"), message(reasoning("Rain?"), time), { tools })).toBe(
      '<think>\nRain?\n</think>\n\n<tool_call>\n{"name": "get_time", "arguments": {"tz": "CET"}}\n</tool_call>',
    );
    expect(render(getFormat("deepseek_v32"), message(reasoning("Rain?"), time), { tools })).toContain(
      "Rain?</think>\n\n<｜DSML｜",
    );
  });

  test("harmony's answer is final, its preamble commentary", () => {
    const harmony = getFormat("openai");
    expect(render(harmony, message(text("It is sunny.")))).toBe("<|channel|>final<|message|>It is sunny.<|return|>");
    expect(render(harmony, message(reasoning("Hm."), text("It is sunny.")), { turnStart: true })).toBe(
      "<|start|>assistant<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>final<|message|>It is sunny.<|return|>",
    );
  });

  test("calls are numbered over the conversation", () => {
    expect(render(getFormat("kimi_k2"), message(time), { tools, callCount: 4 })).toContain("functions.get_time:4<|");
    // Kimi K3 counts in each message anew.
    expect(render(getFormat("kimi_k3"), message(time), { tools, callCount: 4 })).toContain('tool="get_time" index="1"');
  });

  test("text behind calls, and calls behind that", () => {
    for (const name of ["hermes", "kimi_k2", "glm45", "gemma4", "deepseek_v31"]) {
      const parts = [weather, text("And the time."), time];
      expect(
        parse(getFormat(name), render(getFormat(name), message(...parts), { tools }), { tools }).parts,
      ).toMatchObject(parts.map((part) => (part.type === "call" ? { type: "call", name: part.name } : part)));
    }
  });

  test("JSON arguments go through byte for byte", () => {
    const args = '{ "city":"\\u0050aris\\/\\n",\n\t"days" : 3e0 }';
    for (const name of ["hermes", "mistral", "kimi_k2", "openai", "deepseek_r1"]) {
      expect(render(getFormat(name), message(call("get_weather", args)), { tools })).toContain(args);
    }
  });

  test("Python's quotes", () => {
    const line = (value: string): string =>
      render(getFormat("pythonic"), message(call("get_time", JSON.stringify({ tz: value }))), { tools });
    expect(line("it's")).toBe('[get_time(tz="it\'s")]');
    expect(line('say "it\'s"')).toBe("[get_time(tz='say \"it\\'s\"')]");
    expect(line("a\\b\n\t\r\u0001\u007f\ud800é")).toBe("[get_time(tz='a\\\\b\\n\\t\\r\\x01\\x7f\\ud800é')]");
  });

  test("Python's values", () => {
    expect(render(getFormat("pythonic"), message(call("f", '{"a": [true, false, null, {"k": "v", "n": 1.50}]}')))).toBe(
      "[f(a=[True, False, None, {'k': 'v', 'n': 1.50}])]",
    );
  });

  test("Gemma's values", () => {
    expect(render(getFormat("gemma4"), message(call("f", '{"a": [true, null, {"k": "v", "two words": 1.50}]}')))).toBe(
      '<|tool_call>call:f{a:[true,null,{k:<|"|>v<|"|>,<|"|>two words<|"|>:1.50}]}<tool_call|>',
    );
  });

  test("Gemma 4's keys are sorted, letter case aside, at every depth", () => {
    const args = '{"b": [{"z": 1, "Y": 2}], "A": {"two": 1, "TEN": 2, "ten": 3}, "a": 0}';
    const line = "<|tool_call>call:f{A:{TEN:2,ten:3,two:1},a:0,b:[{Y:2,z:1}]}<tool_call|>";
    expect(render(getFormat("gemma4"), message(call("f", args)))).toBe(line);
    expect(render(getFormat("functiongemma"), message(call("f", args)))).toContain("{b:[{z:1,Y:2}],A:");
  });

  test("Gemma's keys of characters that look like white space are quoted", () => {
    const args = JSON.stringify({ "\u2028": 1, "\u00a0": 2, é: 3 });
    expect(render(getFormat("functiongemma"), message(call("f", args)))).toBe(
      "<start_function_call>call:f{<escape>\u2028<escape>:1,<escape>\u00a0<escape>:2,é:3}<end_function_call>",
    );
  });

  test("the schema decides what a raw value is", () => {
    const typed: Tool[] = [
      {
        name: "f",
        parameters: {
          type: "object",
          properties: {
            s: { type: "string" },
            either: { type: ["string", "integer"] },
            n: { type: "integer" },
            o: { type: "object" },
          },
        },
      },
    ];
    const value = (args: string): string =>
      /<parameter=\w+>\n(.*)\n<\/parameter>/s.exec(
        render(getFormat("qwen3_coder"), message(call("f", args)), { tools: typed }),
      )![1]!;
    expect(value('{"s": "007"}')).toBe("007");
    expect(value('{"s": "null"}')).toBe("null");
    expect(value('{"either": "x"}')).toBe("x");
    expect(value('{"either": 7}')).toBe("7");
    expect(value('{"o": {"a" : [1.0]}}')).toBe('{"a" : [1.0]}');
    expect(value('{"undeclared": "plain words"}')).toBe("plain words");
    expect(() => value('{"n": "7"}')).toThrow("part 0: qwen3_coder cannot carry it: its arguments read back as");
    expect(() => value('{"s": 7}')).toThrow(RenderError);
  });

  test("a raw value that holds its own closer is refused by part", () => {
    const hostile = "a\n</parameter>\n<parameter=days>\n4";
    const parts = message(text("Look."), call("get_weather", JSON.stringify({ city: hostile })));
    expect(() => render(getFormat("qwen3_coder"), parts, { tools })).toThrow("part 1: qwen3_coder cannot carry it");
    const harmless = JSON.stringify({ city: "a </parameter> b\n</parameter> c" });
    expect(render(getFormat("qwen3_coder"), message(call("get_weather", harmless)), { tools })).toContain(
      "a </parameter> b",
    );
  });
});

// Properties

const allMarkers = (format: Format): readonly string[] => [
  ...(format.specialTokens ?? []),
  ...format.end,
  ...(wire[format.name]?.one.match(/<[^<>\n]*>|\[[A-Z_]+\]/g) ?? []),
];

const commonHazards = [
  "'",
  '"',
  "\\",
  "\n",
  "\r\n",
  "\t",
  " ",
  "```",
  "```json\n",
  "}",
  "{",
  "]",
  "[",
  ")",
  "(",
  ",",
  ":",
  "=",
  "&amp;",
  "<",
  ">",
  "\ud83d",
  "\udc4b",
  "👋",
  "é",
  "中",
  "\u2028",
  "\u0000",
  "null",
  "true",
  "1.0",
  "0",
  "</",
  "</parameter>",
  "<parameter=",
  "</tool_call>",
  '"}',
];

const hazards = (format: Format): fc.Arbitrary<string> =>
  fc
    .array(
      fc.oneof(fc.constantFrom(...commonHazards, ...allMarkers(format)), fc.string({ maxLength: 4, unit: "binary" })),
      { maxLength: 6 },
    )
    .map((pieces) => pieces.join(""));

const jsonValue = (strings: fc.Arbitrary<string>): fc.Arbitrary<unknown> =>
  fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      strings,
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(strings, tie("value"), { maxKeys: 3 }),
    ),
  })).value;

/**
 * The texts that a string value of the format may be refused for. JSON and Python have escapes: none. Gemma's strings end
 * at their quote; raw parameters at the closer, or at what may follow where the closer may be missing.
 */
const uncarried: { readonly [name: string]: readonly string[] } = {
  gemma4: ['<|"|>'],
  qwen3_coder: ["</parameter>", "<parameter=", "</function>", "</tool_call>"],
  glm45: ["</arg_value>"],
  glm47: ["</arg_value>"],
  deepseek_v32: ["</｜DSML｜parameter>"],
  deepseek_v4: ["</｜DSML｜parameter>"],
  deepseek_v41: ["</｜DSML｜ parameter>"],
  muse_glimmer: ["</atem:parameter>"],
  seed_oss: ["</parameter>", "<parameter=", "</function>", "</seed:tool_call>"],
  minimax_m2: ["</parameter>", "<parameter name=", "</invoke>", "</minimax:tool_call>"],
  minimax_m3: ["]<]minimax[>[<"],
  step3: ["</steptml:parameter>"],
  dots: ["</parameter>", "<parameter name=", "</invoke>", "</dots_function_call>"],
  solar_open2: ["<|tool_arg:end|>", "<|tool_arg:start|>", "<|tool_call:end|>"],
  k2_horizon: ["</ifm|arg_value>"],
  minicpm5: ["</param>", "]]>", "<![CDATA["],
  gigachat35: ["</｜GCML｜parameter>"],
  ling3: ["</arg_value>"],
  poolside_v1: ["</arg_value>"],
  hy_v3: ["</arg_value>"],
  hy_v4: ["</arg_value>"],
  functiongemma: ["<escape>"],
  cohere_command4: ["</cofl:value>"],
  kimi_k3: ["<|close|>argument<|sep|>"],
};

const runs = 300;
const seed = 20261120;

describe.each(formats.map((format) => [format.name, format] as const))("parse(render(m)) = m: %s", (_name, format) => {
  const parameters = {
    type: "object",
    properties: { text: { type: "string" }, more: {}, count: { type: "integer" } },
  } as const;
  const request: Tool[] = [{ name: "write", parameters }];

  test("arguments", () => {
    let refused = 0;
    fc.assert(
      fc.property(hazards(format), jsonValue(hazards(format)), fc.integer(), (string, more, count) => {
        const args = JSON.stringify({ text: string, more, count });
        let written: string;
        try {
          written = render(format, message(call("write", args)), { tools: request });
        } catch (error) {
          expect(error).toBeInstanceOf(RenderError);
          refused++;
          expect(
            (uncarried[format.name] ?? []).some((closer) => args.includes(JSON.stringify(closer).slice(1, -1))),
          ).toBe(true);
          return;
        }
        const { parts } = parse(format, written, { tools: request });
        expect(parts).toMatchObject([{ type: "call", name: "write", status: "complete" }]);
        expect(argumentsOf(parts[0])).toEqual(JSON.parse(args));
      }),
      { numRuns: runs, seed },
    );
    expect(refused).toBeLessThan(runs / 2);
  });

  test("messages", () => {
    const part: fc.Arbitrary<Part> = fc.oneof(
      hazards(format).map(text),
      ...(format.reasoning ? [hazards(format).map(reasoning)] : []),
      hazards(format).map((value) => call("write", JSON.stringify({ text: value }))),
    );
    let carried = 0;
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), (parts) => {
        let written: string;
        try {
          written = render(format, message(...parts), { tools: request });
        } catch (error) {
          // Text and reasoning that hold markup, are empty or run together have no place on any wire.
          expect(error).toBeInstanceOf(RenderError);
          return;
        }
        carried++;
        const read = parse(format, written, { tools: request }).parts;
        expect(read.map((each) => (each.type === "call" ? { ...each, id: "" } : each))).toMatchObject(
          parts.map((each) => (each.type === "call" ? { type: "call", name: "write" } : each)),
        );
      }),
      { numRuns: runs, seed },
    );
    expect(carried).toBeGreaterThan(runs / 20);
  });
});
