"""The prompt layout, in Python: the reference for chat_template.jinja and for src/prompt.ts."""

from __future__ import annotations

import json


def dumps(value) -> str:
    return json.dumps(value, ensure_ascii=False)


def shape(schema: dict, optional: bool = False, description: str | None = None):
    """A schema shrunk to the shape of its values: what the arguments will look like, with a type for each leaf."""
    if "anyOf" in schema and "type" not in schema and "enum" not in schema:
        schema = next((s for s in schema["anyOf"] if s.get("type") != "null"), {})
    kind = schema.get("type", "any")
    if isinstance(kind, list):
        kind = next((k for k in kind if k != "null"), "any")
    if "enum" in schema:
        body = "|".join(v if isinstance(v, str) else dumps(v) for v in schema["enum"])
    elif kind == "object" and schema.get("properties"):
        required = schema.get("required", [])
        return {k: shape(v, k not in required, v.get("description")) for k, v in schema["properties"].items()}
    elif kind == "array":
        items = schema.get("items") or {}
        return [shape(items, optional, description or items.get("description"))]
    else:
        body = kind
    return body + ("?" if optional else "") + (": " + description if description else "")


def tool_line(tool: dict) -> str:
    f = tool.get("function", tool)
    line = {"name": f["name"]}
    if f.get("description"):
        line["description"] = f["description"]
    parameters = f.get("parameters") or {}
    line["parameters"] = shape({**parameters, "type": "object"}) if parameters.get("properties") else {}
    return dumps(line)


def call_text(name: str, arguments: dict) -> str:
    return "<tool_call>\n" + dumps({"name": name, "arguments": arguments}) + "\n</tool_call>"


def assistant_text(message: dict) -> str:
    parts = [message["content"]] if message.get("content") else []
    for call in message.get("tool_calls") or []:
        f = call.get("function", call)
        arguments = f["arguments"]
        parts.append(call_text(f["name"], json.loads(arguments) if isinstance(arguments, str) else arguments))
    return "\n".join(parts)


EMPTY_THINK = "<think>\n\n</think>\n\n"


def render_prompt(messages: list[dict], tools: list[dict] | None = None, enable_thinking: bool = True, add_generation_prompt: bool = True) -> str:
    return "".join(text for text, _ in segments(messages, tools, enable_thinking, add_generation_prompt))


def segments(messages, tools=None, enable_thinking=True, add_generation_prompt=True) -> list[tuple[str, bool]]:
    """The prompt as pieces: (text, whether markers in it are special tokens). Text from outside is never special."""
    out: list[tuple[str, bool]] = []
    messages = list(messages)
    system = ""
    if messages and messages[0]["role"] == "system":
        system = messages.pop(0).get("content") or ""
    if system or tools:
        out.append(("<|im_start|>", True))
        body = "system\n" + system
        if tools:
            body += ("\n\n" if system else "") + "<tools>\n" + "".join(tool_line(t) + "\n" for t in tools) + "</tools>"
        out += [(body, False), ("<|im_end|>", True), ("\n", False)]
    for i, m in enumerate(messages):
        role = m["role"]
        if role == "tool":
            if i == 0 or messages[i - 1]["role"] != "tool":
                out += [("<|im_start|>", True), ("user", False)]
            out += [("\n", False), ("<tool_response>", True), ("\n" + (m.get("content") or "") + "\n", False), ("</tool_response>", True)]
            if i + 1 == len(messages) or messages[i + 1]["role"] != "tool":
                out += [("<|im_end|>", True), ("\n", False)]
            continue
        out.append(("<|im_start|>", True))
        if role == "assistant":
            out.append(("assistant\n" + (m.get("content") or ""), False))
            first = not m.get("content")
            for call in m.get("tool_calls") or []:
                f = call.get("function", call)
                # Text that the model wrote goes back as it was.
                arguments = f["arguments"] if isinstance(f["arguments"], str) else dumps(f["arguments"])
                if not first:
                    out.append(("\n", False))
                first = False
                out += [("<tool_call>", True), ('\n{"name": ' + dumps(f["name"]) + ', "arguments": ' + arguments + "}\n", False), ("</tool_call>", True)]
        else:
            out.append((role + "\n" + (m.get("content") or ""), False))
        out += [("<|im_end|>", True), ("\n", False)]
    if add_generation_prompt:
        out += [("<|im_start|>", True), ("assistant\n", False)]
        if not enable_thinking:
            out += [("<think>", True), ("\n\n", False), ("</think>", True), ("\n\n", False)]
    return out
