import { excerpt } from "../laws/difference.ts";
import { bookCabin, conversations, findFerry } from "./conversations.ts";
import type { ToolSchema } from "./conversation.ts";
import { around, fault, type Fault } from "./fault.ts";
import type { Subject } from "./subject.ts";

/** Faults of how tools are offered. */
export function toolFaults(subject: Subject): Fault[] {
  const { plain, tools, richTools } = conversations;
  const { text, error } = subject.render(tools, { generation: true });
  if (error !== undefined) return [fault("tools-refused", `the template refuses tools: ${error}`, tools)];
  const names = [findFerry, bookCabin].map(({ function: { name } }) => name);
  if (!names.some((name) => text!.includes(name))) {
    const isSame = text === subject.render(plain, { generation: true }).text;
    return [
      fault(
        "tools-ignored",
        isSame ? "the prompt is the same with tools and without" : "no tool is in the prompt",
        tools,
      ),
    ];
  }
  const rich = subject.render(richTools, { generation: true });
  return [
    ...incomplete(text!),
    ...notJson(subject),
    ...(/\{'(?:type|name|function|parameters|properties)':/.test(text!)
      ? [fault("python-tools", `tools are printed as a Python dict: ${around(text!, "{'")}`, tools)]
      : []),
    ...(rich.error === undefined
      ? []
      : [fault("tools-refused", `the template refuses tools with nested parameters: ${rich.error}`, richTools)]),
  ];
}

function incomplete(text: string): Fault[] {
  const missing = [findFerry, bookCabin].flatMap((tool) => partsOf(tool).filter((part) => !text.includes(part)));
  if (missing.length === 0) return [];
  const list = missing.map((part) => JSON.stringify(part)).join(", ");
  return [fault("tools-incomplete", `of the tools, the prompt lacks ${list}`, conversations.tools)];
}

/** Tools are written as JSON by hand: the first word without a quote, or one with a quote too many. */
function notJson(subject: Subject): Fault[] {
  const { quotingTool } = conversations;
  const { text } = subject.render(quotingTool, { generation: true });
  const broken = text && /"name": ?ring_bell|"description": ?"[^"\n]*Rings the "quay/.exec(text)?.[0];
  return broken
    ? [
        fault(
          "tools-not-json",
          `tools are JSON that can't be read: ${excerpt(text, text.indexOf(broken) + broken.length)}`,
          quotingTool,
        ),
      ]
    : [];
}

const partsOf = ({ function: { name, description, parameters } }: ToolSchema): string[] => [
  name,
  description,
  ...Object.keys(parameters["properties"] as object),
];
