import type { FaultCode } from "../src/check/fault.ts";

/** A template of our own, without a fault: the format is hermes, with reasoning that can be switched off. */
export const cleanTemplate = `
{{- bos_token }}
{%- set has_system = messages[0].role == "system" %}
{%- if tools or has_system %}
{{- "<|im_start|>system\\n" }}
{%- if has_system %}{{ messages[0].content }}{% endif %}
{%- if tools %}
{{- "\\n\\nThese functions can be called:\\n<tools>" }}
{%- for tool in tools %}{{ "\\n" }}{{ tool | tojson }}{% endfor %}
{{- "\\n</tools>\\nA call is a JSON object in tags:\\n<tool_call>\\n" }}
{{- '{"name": NAME, "arguments": OBJECT}' }}
{{- "\\n</tool_call>" }}
{%- endif %}
{{- "<|im_end|>\\n" }}
{%- endif %}
{%- for message in messages %}
{%- if message.role == "user" %}
{{- "<|im_start|>user\\n" + message.content + "<|im_end|>\\n" }}
{%- elif message.role == "assistant" %}
{{- "<|im_start|>assistant\\n" }}
{%- if message.reasoning_content %}{{ "<think>\\n" + message.reasoning_content + "\\n</think>\\n\\n" }}{% endif %}
{{- message.content }}
{%- for call in message.tool_calls or [] %}
{%- if message.content or not loop.first %}{{ "\\n" }}{% endif %}
{{- '<tool_call>\\n{"name": "' + call.function.name + '", "arguments": ' }}
{{- call.function.arguments | tojson }}
{{- "}\\n</tool_call>" }}
{%- endfor %}
{{- "<|im_end|>\\n" }}
{%- elif message.role == "tool" %}
{{- "<|im_start|>user\\n<tool_response>\\n" }}
{{- message.content }}
{{- "\\n</tool_response><|im_end|>\\n" }}
{%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
{{- "<|im_start|>assistant\\n" }}
{%- if enable_thinking is false %}{{ "<think>\\n\\n</think>\\n\\n" }}{% endif %}
{%- endif %}`;

/** One of Mistral's kind: ids of nine characters, and no words that open an answer. */
export const mistralTemplate = `
{{- bos_token }}
{%- for message in messages %}
{%- if message.role == "system" %}{{ "[INST]" + message.content + "[/INST]" }}
{%- elif message.role == "user" %}
{%- if tools %}{{ "[AVAILABLE_TOOLS]" }}{{ tools | tojson }}{{ "[/AVAILABLE_TOOLS]" }}{% endif %}
{{- "[INST]" + message.content + "[/INST]" }}
{%- elif message.role == "assistant" %}
{{- message.content }}
{%- if message.tool_calls %}
{{- "[TOOL_CALLS][" }}
{%- for call in message.tool_calls %}
{{- '{"name": "' + call.function.name + '", "arguments": ' }}
{{- call.function.arguments | tojson }}
{{- ', "id": "' + call.id[-9:] + '"}' }}
{%- if not loop.last %}{{ ", " }}{% endif %}
{%- endfor %}
{{- "]" }}
{%- endif %}
{{- eos_token }}
{%- elif message.role == "tool" %}
{{- '[TOOL_RESULTS]{"content": ' }}
{{- message.content if message.content[0] == "{" else message.content | tojson }}
{{- ', "call_id": "' + message.tool_call_id[-9:] + '"}[/TOOL_RESULTS]' }}
{%- endif %}
{%- endfor %}`;

/** One of ToolACE's kind: calls in Python. */
export const pythonTemplate = `
{{- bos_token }}
{%- for message in messages %}
{%- if message.role == "system" %}{{ "<|start_header_id|>system<|end_header_id|>\\n\\n" + message.content + "<|eot_id|>" }}
{%- elif message.role == "user" %}
{{- "<|start_header_id|>user<|end_header_id|>\\n\\n" }}
{%- if tools %}{{ "Call as in [func_name1(name=value)]: " }}{{ tools | tojson }}{{ "\\n" }}{% endif %}
{{- message.content + "<|eot_id|>" }}
{%- elif message.role == "assistant" %}
{{- "<|start_header_id|>assistant<|end_header_id|>\\n\\n" }}
{{- message.content }}
{%- if message.tool_calls %}
{%- if message.content %}{{ "\\n" }}{% endif %}
{{- "[" }}
{%- for call in message.tool_calls %}
{{- call.function.name + "(" }}
{%- for name in call.function.arguments %}
{{- name + "=" }}{{ "%r" | format(call.function.arguments[name]) }}
{%- if not loop.last %}{{ ", " }}{% endif %}
{%- endfor %}
{{- ")" }}
{%- if not loop.last %}{{ ", " }}{% endif %}
{%- endfor %}
{{- "]" }}
{%- endif %}
{{- "<|eot_id|>" }}
{%- elif message.role == "tool" %}
{{- "<|start_header_id|>ipython<|end_header_id|>\\n\\n" + message.content + "<|eot_id|>" }}
{%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{ "<|start_header_id|>assistant<|end_header_id|>\\n\\n" }}{% endif %}`;

/** One thing broken in a template, and the faults that it must show, those that follow from it included. */
export interface Break {
  readonly title: string;
  readonly template: string;
  readonly from: string;
  readonly to: string;
  readonly codes: readonly FaultCode[];
}

const inClean = (title: string, codes: readonly FaultCode[], from: string, to: string): Break => ({
  title,
  template: cleanTemplate,
  from,
  to,
  codes,
});

const argumentsJson = "{{- call.function.arguments | tojson }}";
const result = '{{- message.content }}\n{{- "\\n</tool_response>';
const content = "{{- message.content }}\n{%- for call";
const calls = "{%- for call in message.tool_calls or [] %}";
const toolRole = '{%- elif message.role == "tool" %}';

export const breaks: readonly Break[] = [
  inClean("bos_token twice", ["doubled-bos"], "{{- bos_token }}", "{{- bos_token }}{{ bos_token }}"),
  inClean(
    "no generation prompt",
    ["lost-generation-prompt", "thinking-without-effect"],
    "{%- if add_generation_prompt %}",
    "{%- if false %}",
  ),
  inClean(
    "a generation prompt behind questions alone",
    ["lost-generation-prompt"],
    "{%- if add_generation_prompt %}",
    '{%- if add_generation_prompt and messages[-1].role == "user" %}',
  ),
  inClean(
    "a generation prompt without its line break",
    ["generation-prompt-differs"],
    '{{- "<|im_start|>assistant\\n" }}\n{%- if enable_thinking is false %}',
    '{{- "<|im_start|>assistant" }}\n{%- if enable_thinking is false %}',
  ),
  inClean(
    "a generation prompt always",
    ["generation-prompt-always", "thinking-without-effect"],
    '{%- if add_generation_prompt %}\n{{- "<|im_start|>assistant\\n" }}\n{%- if enable_thinking is false %}',
    '{%- if true %}\n{{- "<|im_start|>assistant\\n" }}\n{%- if add_generation_prompt and thinking is none %}',
  ),
  inClean(
    "answers that nothing ends",
    ["answer-not-ended"],
    '{%- endfor %}\n{{- "<|im_end|>\\n" }}',
    '{%- endfor %}\n{{- "\\n" }}',
  ),
  inClean(
    "a question refused",
    ["conversation-refused"],
    "{{- bos_token }}",
    '{{- bos_token }}{% if not tools %}{{ raise_exception("tools only") }}{% endif %}',
  ),
  inClean("no system prompt", ["system-dropped"], "{{ messages[0].content }}", ""),
  inClean(
    "no system prompt where there are tools",
    ["system-dropped"],
    "{%- if has_system %}",
    "{%- if has_system and not tools %}",
  ),
  inClean(
    "a switch for thinking that does nothing",
    ["thinking-without-effect"],
    "enable_thinking is false",
    "enable_thinking is none",
  ),
  inClean("tools left out", ["tools-ignored"], "{{ tool | tojson }}", ""),
  inClean(
    "tools without parameters",
    ["tools-incomplete"],
    "{{ tool | tojson }}",
    "{{ tool.function.name + tool.function.description }}",
  ),
  inClean(
    "tools refused",
    ["tools-refused"],
    "{{- bos_token }}",
    '{{- bos_token }}{% if tools %}{{ raise_exception("no tools") }}{% endif %}',
  ),
  inClean(
    "nothing taken",
    ["conversation-refused"],
    "{{- bos_token }}",
    '{{- bos_token }}{{ raise_exception("nothing") }}',
  ),
  inClean(
    "tools whose parameters must have a type",
    ["tools-refused"],
    "{{ tool | tojson }}",
    "{{ tool | tojson }}{% for name, field in tool.function.parameters.properties | items %}{{ '# ' + field.type + ' ' + name }}{% endfor %}",
  ),
  inClean(
    "tools as JSON by hand",
    ["tools-not-json"],
    "{{ tool | tojson }}",
    `{{ '{"name": "' + tool.function.name + '", "description": "' + tool.function.description + '", "parameters": ' }}{{ tool.function.parameters | tojson }}}`,
  ),
  inClean("tools as a Python dict", ["python-tools"], "{{ tool | tojson }}", "{{ tool }}"),
  inClean("calls left out", ["calls-dropped"], calls, "{%- for call in [] %}"),
  inClean(
    "calls left out unless content is null",
    ["calls-dropped", "round-trip"],
    calls,
    "{%- for call in (message.tool_calls if message.content is none else []) or [] %}",
  ),
  inClean("calls refused", ["calls-dropped"], calls, `${calls}{{ raise_exception("no calls") }}`),
  inClean("arguments that must be text", ["arguments-refused"], argumentsJson, '{{- "" + call.function.arguments }}'),
  inClean("arguments left out", ["arguments-dropped", "round-trip"], argumentsJson, '{{- "{}" }}'),
  inClean(
    "arguments as a Python dict",
    ["python-arguments", "round-trip"],
    argumentsJson,
    "{{- call.function.arguments }}",
  ),
  inClean(
    "arguments encoded twice",
    ["arguments-encoded-twice", "round-trip"],
    argumentsJson,
    "{{- call.function.arguments | tojson | tojson }}",
  ),
  inClean(
    "two calls refused",
    ["single-call"],
    calls,
    `{%- if message.tool_calls and message.tool_calls | length > 1 %}{{ raise_exception("one call") }}{% endif %}${calls}`,
  ),
  inClean("the second call left out", ["single-call"], calls, "{%- for call in (message.tool_calls or [])[:1] %}"),
  inClean(
    "text beside calls left out",
    ["content-dropped"],
    content,
    "{%- if not message.tool_calls %}{{ message.content }}{% endif %}\n{%- for call",
  ),
  inClean("results left out", ["results-dropped"], result, '{{- "" }}\n{{- "\\n</tool_response>'),
  inClean("results refused", ["results-dropped"], toolRole, `${toolRole}{{ raise_exception("no such role") }}`),
  inClean(
    "results encoded twice",
    ["results-encoded-twice"],
    result,
    '{{- message.content | tojson }}\n{{- "\\n</tool_response>',
  ),
  inClean(
    "results without quotes in JSON",
    ["results-not-json"],
    result,
    `{{- '{"content": ' + message.content + '}' }}\n{{- "\\n</tool_response>`,
  ),
  inClean("a damaged closing tag", ["round-trip"], '{{- "}\\n</tool_call>" }}', '{{- "}\\n<tool_call>" }}'),
  {
    title: "ids as they come",
    template: mistralTemplate,
    from: "call.id[-9:]",
    to: "call.id",
    codes: ["call-id-length"],
  },
  {
    title: "longer ids refused",
    template: mistralTemplate,
    from: '{{- \', "id"',
    to: "{%- if call.id | length != 9 %}{{ raise_exception('nine') }}{% endif %}{{- ', \"id\"",
    codes: ["call-id-length"],
  },
  {
    title: "one end of the id at the call, the other at the result",
    template: mistralTemplate,
    from: "message.tool_call_id[-9:]",
    to: "message.tool_call_id[:9]",
    codes: ["call-id-mismatch"],
  },
  {
    title: "%sr for %r",
    template: pythonTemplate,
    from: '"%r"',
    to: '"%sr"',
    codes: ["misspelt-repr", "round-trip"],
  },
];
