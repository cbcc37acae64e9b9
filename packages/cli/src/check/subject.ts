import { parseLocalTime, renderPrompt, TemplateError, type PromptSource } from "@glossa/chat";
import type { Format } from "@glossa/core";
import { createCallId } from "../call-id.ts";
import { describeFormat } from "../describe-format.ts";
import { toMessages, type Conversation, type Shape } from "./conversation.ts";
import { conversations } from "./conversations.ts";

/** What became of a conversation: the prompt, or what the template says against it. */
export type Rendering =
  | { readonly text: string; readonly error?: undefined }
  | { readonly text?: undefined; readonly error: string };

export interface RenderingOptions {
  readonly generation?: boolean;
  readonly shape?: Partial<Shape>;
}

/** Two prompts are compared as of one moment. */
const now = parseLocalTime("2025-07-15T12:00:00");

/** A template under examination, with the format that it has the model write. */
export class Subject {
  readonly source: PromptSource;
  readonly format: Format | undefined;
  readonly #template: string | undefined;
  #needsTools: boolean | undefined;

  /** `template` comes in place of those of `source`. */
  constructor(source: PromptSource, template: string | undefined, format: Format | undefined) {
    this.source = source;
    this.format = format;
    this.#template = template;
  }

  /** The text of the template, of all templates where the checkpoint has several. */
  get text(): string {
    return this.#template ?? Object.values(this.source.templates).join("\n");
  }

  /** Whether calls are written in Python, where `True` and `['a']` are as they should be. */
  get writesPython(): boolean {
    return this.format !== undefined && describeFormat(this.format).notation.includes("python");
  }

  /** What ends a turn, as far as it is known. */
  get ends(): readonly string[] {
    const eos = this.source.specialTokens["eos_token"];
    return [...(eos ? [eos] : []), ...(this.format?.end ?? [])];
  }

  /**
   * A conversation without tools, or with some where the template takes none without: some models have a template for
   * requests with tools beside the usual one.
   */
  accepted(conversation: Conversation): Conversation {
    const { plain, tools } = conversations;
    this.#needsTools ??= this.render(plain).text === undefined && this.render(tools).text !== undefined;
    return conversation.tools || !this.#needsTools ? conversation : { ...conversation, tools: tools.tools! };
  }

  render({ turns, tools, thinking }: Conversation, options: RenderingOptions = {}): Rendering {
    const shape: Shape = {
      arguments: "object",
      noContent: "",
      createId: (name, ordinal) => createCallId(this.format?.ids ?? nineDigits, name, ordinal),
      ...options.shape,
    };
    try {
      const text = renderPrompt(toMessages(turns, shape), {
        checkpoint: this.source,
        template: this.#template,
        tools,
        addGenerationPrompt: options.generation ?? false,
        enableThinking: thinking,
        keepNulls: shape.noContent === null,
        aliasReasoning: true,
        now,
      });
      return { text };
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      return { error: error.message };
    }
  }
}

/** What the strictest templates take. */
const nineDigits = { kind: "random", prefix: "", length: 9 } as const;
