import { Dict, parseJson as parseValue, type PromptSource, type Value } from "@glossa/chat";
import type { Command } from "commander";
import { InputError, wrong } from "../input-error.ts";
import { openInput, parseJson, readTextFile, readWhole } from "../input.ts";
import { answerLines } from "../jsonl.ts";
import {
  promptOf,
  readCheckpointField,
  readNow,
  readVariables,
  type PromptDefaults,
  type PromptFields,
} from "../prompt-record.ts";
import { write, type Terminal } from "../terminal.ts";

interface PromptFlags {
  readonly model?: string;
  readonly revision?: string;
  readonly download?: true;
  readonly template?: string;
  readonly tools?: string;
  readonly documents?: string;
  readonly bosToken?: string;
  readonly eosToken?: string;
  readonly addGenerationPrompt?: true;
  readonly continueFinalMessage?: true;
  readonly kwargs?: string;
  readonly now?: string;
  readonly jsonl?: true;
}

export function addPrompt(program: Command, terminal: Terminal, finish: (status: number) => void): void {
  program
    .command("prompt")
    .summary("write a conversation as the model's prompt")
    .description(
      "Reads messages, a JSON array or {messages, tools, …}, and writes the prompt that transformers would render with the\n" +
        "model's own chat template, byte for byte.",
    )
    .argument("[file]", "the messages as JSON; standard input if left out or -")
    .option("-m, --model <path>", "a model's directory, one of the Hugging Face cache, a GGUF file, or hf:org/name")
    .option("--revision <name>", "a branch, a tag or a commit of the model in the cache or on the Hub")
    .option("--download", "fetch templates and tokenizer of hf:org/name from the Hub, into the cache")
    .option("--template <file>", "a chat template instead of the model's")
    .option("-t, --tools <file>", "the request's tools, a JSON array")
    .option("--documents <file>", "documents for retrieval, a JSON array")
    .option("-g, --add-generation-prompt", "end the prompt with what opens an answer")
    .option("--continue-final-message", "leave the last message open, for the model to go on with")
    .option("--kwargs <json>", 'further variables of the template, such as {"enable_thinking": false}')
    .option("--bos-token <text>", "the template's bos_token")
    .option("--eos-token <text>", "the template's eos_token")
    .option("--now <time>", "the clock of strftime_now, local: 2025-07-15T12:00:00")
    .option(
      "--jsonl",
      "read {template or model_dir, messages, tools?, documents?, bos_token?, eos_token?,\nadd_generation_prompt?, chat_template_kwargs?, now?} a line and write {prompt} a line, in order",
    )
    .action(async (file: string | undefined, flags: PromptFlags) => {
      const defaults = await readDefaults(flags);
      const input = await openInput(file, terminal);
      if (flags.jsonl) {
        const good = await answerLines(input, terminal, async (_record, text) => ({
          prompt: await promptOf(fieldsOf(parseValue(text), "line"), defaults),
        }));
        return finish(good ? 0 : 1);
      }
      const request = readValue(await readWhole(input), "file", file ?? "standard input");
      const prompt = await promptOf(
        Array.isArray(request) ? onlyMessages(request) : fieldsOf(request, "file"),
        defaults,
      );
      // To the letter into a pipe or a file; a person gets the shell's prompt on a line of its own.
      await write(terminal.stdout, terminal.stdout.isTTY ? `${prompt}\n` : prompt);
    });
}

async function readDefaults(flags: PromptFlags): Promise<PromptDefaults> {
  const list = async (path: string | undefined, option: string): Promise<readonly unknown[] | undefined> => {
    if (path === undefined) return undefined;
    const value = readValue(await readTextFile(path, option), option, path);
    if (!Array.isArray(value)) throw wrong(option, value, "an array");
    return value;
  };
  return {
    checkpoint: flags.model === undefined ? undefined : await readModel(flags.model, flags),
    template: flags.template === undefined ? undefined : await readTextFile(flags.template, "--template"),
    tools: await list(flags.tools, "--tools"),
    documents: await list(flags.documents, "--documents"),
    addGenerationPrompt: flags.addGenerationPrompt,
    continueFinalMessage: flags.continueFinalMessage,
    chatTemplateKwargs:
      flags.kwargs === undefined ? undefined : readVariables(readValue(flags.kwargs, "--kwargs", "it"), "--kwargs"),
    now: flags.now === undefined ? undefined : readNow(flags.now, "--now"),
    bosToken: flags.bosToken,
    eosToken: flags.eosToken,
  };
}

function readModel(model: string, { revision, download }: PromptFlags): Promise<PromptSource> {
  return readCheckpointField(model, "--model", { revision, download });
}

/** JSON from a person, as a template sees it. */
function readValue(text: string, field: string, source: string): Value {
  parseJson(text, field, source);
  return parseValue(text.replace(/^\uFEFF/, ""));
}

function onlyMessages(messages: Value): PromptFields {
  return (name) => (name === "messages" ? messages : undefined);
}

function fieldsOf(request: Value, field: string): PromptFields {
  if (!(request instanceof Dict))
    throw new InputError(field, "is neither an array of messages nor an object with messages");
  return (name) => request.get(name);
}
