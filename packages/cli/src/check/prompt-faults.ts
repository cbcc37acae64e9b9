import { excerpt } from "../laws/difference.ts";
import { conversations, words } from "./conversations.ts";
import { around, fault, type Fault } from "./fault.ts";
import type { Conversation } from "./conversation.ts";
import type { Subject } from "./subject.ts";

/** Faults of what is there without tools: beginnings and ends, the system prompt, the switch for thinking. */
export function promptFaults(subject: Subject): Fault[] {
  return [
    ...refused(subject),
    ...doubledBos(subject),
    ...generationPrompt(subject),
    ...answerNotEnded(subject),
    ...systemDropped(subject),
    ...thinkingWithoutEffect(subject),
  ];
}

function refused(subject: Subject): Fault[] {
  for (const conversation of [conversations.plain, conversations.answered]) {
    const { error } = subject.render(conversation);
    if (error !== undefined) return [fault("conversation-refused", `the template refuses it: ${error}`, conversation)];
  }
  return [];
}

function doubledBos(subject: Subject): Fault[] {
  const bos = subject.source.specialTokens["bos_token"];
  const { text } = subject.render(subject.accepted(conversations.plain));
  if (!bos || text === undefined || !text.trimStart().startsWith(bos)) return [];
  const rest = text.trimStart().slice(bos.length);
  return rest.trimStart().startsWith(bos)
    ? [fault("doubled-bos", `the prompt begins with ${bos} twice: ${excerpt(text, 0)}`, conversations.plain)]
    : [];
}

/** A question, what the template adds to have it answered, and what it writes before an answer in the history. */
function generationPrompt(subject: Subject): Fault[] {
  const plain = subject.accepted(conversations.plain);
  const answered = subject.accepted(conversations.answered);
  const closed = subject.render(plain).text;
  const history = subject.render(answered).text;
  const at = history?.indexOf(words.answer) ?? -1;
  // Where the end of a question depends on what follows, there is nothing to compare with.
  if (closed === undefined || history === undefined || at < 0 || !history.startsWith(closed)) return [];
  const header = history.slice(closed.length, at);
  const added = addedByGeneration(subject, plain, closed);
  if (added === undefined) return [];
  if (added[0] === "") return unchanged(closed, header, history.slice(at + words.answer.length));
  // Reasoning may be opened in one and closed or left out in the other, and a switch decides which.
  if (added.some((each) => isBeginning(each, header) || isBeginning(header, each))) return [];
  const seen = `add_generation_prompt writes ${JSON.stringify(added[0])}, an answer in the history opens with ${JSON.stringify(header)}`;
  return [fault("generation-prompt-differs", seen, plain)];
}

/** What is added to a question to have it answered: by default, and with thinking on and off. */
function addedByGeneration(subject: Subject, plain: Conversation, closed: string): string[] | undefined {
  const opened = [undefined, true, false].map(
    (thinking) => subject.render(thinking === undefined ? plain : { ...plain, thinking }, { generation: true }).text,
  );
  if (opened[0] === undefined) return undefined;
  return opened.flatMap((text) => (text?.startsWith(closed) ? [text.slice(closed.length)] : []));
}

/** One begins with the other, and goes on with more than white space, which would be a piece of the header lost. */
function isBeginning(whole: string, beginning: string): boolean {
  if (whole === beginning) return true;
  return beginning !== "" && whole.startsWith(beginning) && whole.slice(beginning.length).trim() !== "";
}

function unchanged(closed: string, header: string, behindAnswer: string): Fault[] {
  if (header.trim() !== "") {
    const seen = `add_generation_prompt changes nothing, though an answer opens with ${JSON.stringify(header)}`;
    return [fault("lost-generation-prompt", seen, conversations.plain)];
  }
  // [INST]…[/INST] needs none; a header that stands even behind an answer is one that nobody asked for.
  const tail = closed.slice(closed.indexOf(words.user) + words.user.length);
  if (tail === "" || behindAnswer !== tail) return [];
  const seen = `it is written unasked, even behind an answer: ${JSON.stringify(tail)}`;
  return [fault("generation-prompt-always", seen, conversations.answered)];
}

/** Behind an answer or a call stands what ends the turn, or at least something that is no text of the next one. */
function answerNotEnded(subject: Subject): Fault[] {
  const answers = ended(subject, conversations.turns, words.answer, words.again);
  return answers.length > 0 ? answers : ended(subject, conversations.callAnswered, words.answer, words.again);
}

function ended(subject: Subject, conversation: Conversation, last: string, next: string): Fault[] {
  const { text } = subject.render(conversation);
  if (text === undefined) return [];
  const from = text.indexOf(last);
  const to = text.indexOf(next, from);
  if (from < 0 || to < 0) return [];
  return text.slice(from + last.length, to).trim() === ""
    ? [
        fault(
          "answer-not-ended",
          `nothing stands between an answer and the next question: ${around(text, next)}`,
          conversation,
        ),
      ]
    : [];
}

function systemDropped(subject: Subject): Fault[] {
  const { systemTools, call } = conversations;
  const system = subject.accepted(conversations.system);
  for (const conversation of [system, systemTools, call]) {
    const { text, error } = subject.render(conversation, { generation: true });
    if (text !== undefined && !text.includes(words.system))
      return [fault("system-dropped", "the system prompt is not in the prompt", conversation)];
    if (error !== undefined && conversation === system)
      return [fault("system-dropped", `the template refuses a system prompt: ${error}`, conversation)];
  }
  return [];
}

/** A template that names the switch and does nothing with it. */
function thinkingWithoutEffect(subject: Subject): Fault[] {
  const name = thinkingVariable(subject.text);
  if (name === undefined) return [];
  const { plain, systemTools, reasoning, reasoningResult } = conversations;
  const changes = [plain, systemTools, reasoning, reasoningResult].some((conversation) => {
    const [on, off] = [true, false].map((thinking) =>
      subject.render({ ...subject.accepted(conversation), thinking }, { generation: true }),
    );
    return on!.text !== off!.text;
  });
  return changes
    ? []
    : [fault("thinking-without-effect", `the template has ${name}, and prompts are the same with it on and off`)];
}

/** The name of the switch, where a template reads it: in its code, not in what it writes. */
function thinkingVariable(template: string): string | undefined {
  const code = (template.match(/\{[{%][\s\S]*?[%}]\}/g) ?? [])
    .join("\n")
    .replaceAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, "''");
  return /(?<![.\w])(?:enable_thinking|thinking)(?!\w|\s*=[^=])/.exec(code)?.[0];
}
