import { excerpt } from "../laws/difference.ts";
import { writtenShape } from "./call-faults.ts";
import { conversations, plainCall, words } from "./conversations.ts";
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

function generationPrompt(subject: Subject): Fault[] {
  const { plain, answered, call, resultAnswered } = conversations;
  const faults = [
    ...openings(subject, subject.accepted(plain), subject.accepted(answered)),
    ...openings(subject, call, resultAnswered),
  ];
  return faults.slice(0, 1);
}

/** What the template adds to a conversation to have it answered, and what it writes before an answer in the history. */
function openings(subject: Subject, open: Conversation, answered: Conversation): Fault[] {
  const closed = subject.render(open).text;
  const history = subject.render(answered).text;
  const at = history?.indexOf(words.answer) ?? -1;
  // Where the end of a question depends on what follows, there is nothing to compare with.
  if (closed === undefined || history === undefined || at < 0 || !history.startsWith(closed)) return [];
  const header = history.slice(closed.length, at);
  const added = addedByGeneration(subject, open, closed);
  if (added === undefined) return [];
  if (added[0] === "") return unchanged(open, closed, header, history.slice(at + words.answer.length));
  // Reasoning may be opened in one and closed or left out in the other, and a switch decides which.
  if (added.some((each) => isBeginning(each, header) || isBeginning(header, each))) return [];
  const seen = `add_generation_prompt writes ${JSON.stringify(added[0])}, an answer in the history opens with ${JSON.stringify(header)}`;
  return [fault("generation-prompt-differs", seen, open)];
}

/** What is added to a question to have it answered: by default, and with thinking on and off. */
function addedByGeneration(subject: Subject, open: Conversation, closed: string): string[] | undefined {
  const opened = [undefined, true, false].map(
    (thinking) => subject.render(thinking === undefined ? open : { ...open, thinking }, { generation: true }).text,
  );
  if (opened[0] === undefined) return undefined;
  return opened.flatMap((text) => (text?.startsWith(closed) ? [text.slice(closed.length)] : []));
}

/** One begins with the other, and goes on with more than white space, which would be a piece of the header lost. */
function isBeginning(whole: string, beginning: string): boolean {
  if (whole === beginning) return true;
  return beginning !== "" && whole.startsWith(beginning) && whole.slice(beginning.length).trim() !== "";
}

function unchanged(open: Conversation, closed: string, header: string, behindAnswer: string): Fault[] {
  if (header.trim() !== "") {
    const seen = `add_generation_prompt changes nothing, though an answer opens with ${JSON.stringify(header)}`;
    return [fault("lost-generation-prompt", seen, open)];
  }
  // [INST]…[/INST] needs none; a header that stands even behind an answer is one that nobody asked for.
  const tail = closed.slice(closed.lastIndexOf(words.user) + words.user.length);
  if (tail === "" || behindAnswer !== tail) return [];
  const seen = `it is written unasked, even behind an answer: ${JSON.stringify(tail)}`;
  return [fault("generation-prompt-always", seen, open)];
}

/** Behind an answer, and behind a call, stands what ends the turn. */
function answerNotEnded(subject: Subject): Fault[] {
  const pier = plainCall.arguments["pier"] as string;
  const { turns, callAnswered, call } = conversations;
  const faults = [
    ...notEnded(subject, subject.accepted(turns), words.answer, words.again),
    ...notEnded(subject, callAnswered, words.answer, words.again),
    ...notEnded(subject, call, pier, "departures"),
  ];
  return faults.slice(0, 1);
}

function notEnded(subject: Subject, conversation: Conversation, said: string, next: string): Fault[] {
  const { text } = subject.render(conversation, { shape: writtenShape(subject) ?? {} });
  const from = text?.indexOf(said) ?? -1;
  const to = text?.indexOf(next, from) ?? -1;
  if (text === undefined || from < 0 || to < 0) return [];
  const between = text.slice(from + said.length, to);
  if (between.trim() === "")
    return [
      fault("answer-not-ended", `nothing stands between it and what follows: ${around(text, next)}`, conversation),
    ];
  // Without a format it is not known what else than the eos_token ends a turn.
  if (!subject.format || subject.ends.some((end) => between.includes(end))) return [];
  return [
    fault(
      "answer-not-ended",
      `behind it stands ${excerpt(between, between.length, 60)}, without ${subject.ends[0]!}`,
      conversation,
    ),
  ];
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
