import type { ChatMessage, ContentPart } from "./engine.ts";
import { contentText } from "./content-text.ts";

/*
 * Chat templates agree on one system message at the start, and on users and assistants who take turns. Where an agent sends more,
 * a template may refuse it all or, worse, show the rest: of 35 templates of known models, 20 know no role `developer`, 10 no
 * second system message and 4 no second message of the user's.
 */

/** What marks the system's words where a user's message brings them, as agents do it by themselves. */
const open = "<system-reminder>";
const close = "</system-reminder>";

const isSystem = ({ role }: ChatMessage): boolean => role === "system" || role === "developer";

/** The system's and the developer's messages at the start as one, by the role that every template knows. */
export function oneSystemMessage(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  const first = messages.findIndex((message) => !isSystem(message));
  const count = first === -1 ? messages.length : first;
  const leading = messages.slice(0, count);
  if (count === 0 || (count === 1 && leading[0]?.role === "system")) return messages;
  const system = leading.map((message): ChatMessage => ({ ...message, role: "system" }));
  return [system.reduce(joined), ...messages.slice(count)];
}

/** What a system says later on, as a part of what the user says: nothing that a template could refuse or leave out. */
export function laterSystemAsUser(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  if (!messages.some((message, index) => index > 0 && isSystem(message))) return messages;
  const made: ChatMessage[] = [];
  let reminded = false;
  for (const [index, message] of messages.entries()) {
    const later = index > 0 && isSystem(message);
    const each: ChatMessage = later ? { ...message, role: "user", content: reminder(message.content) } : message;
    const last = made.at(-1);
    if (last?.role === "user" && each.role === "user" && (later || reminded))
      made[made.length - 1] = joined(last, each);
    else made.push(each);
    reminded = later;
  }
  return made;
}

/** The conversation as every template shows it: of several messages of the user's in a row one is made as well. */
export function plainConversation(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  const turns = laterSystemAsUser(messages);
  const isSecond = (message: ChatMessage, index: number): boolean =>
    message.role === "user" && turns[index - 1]?.role === "user";
  if (!turns.some(isSecond)) return turns;
  const made: ChatMessage[] = [];
  for (const [index, message] of turns.entries()) {
    if (isSecond(message, index)) made.push(joined(made.pop()!, message));
    else made.push(message);
  }
  return made;
}

/**
 * The conversation as this template shows all of it: as it is, if it can, or else plainly. `render` gives the prompt's text and
 * throws where the template refuses; `refused` tells that from other faults.
 */
export function shownConversation(
  messages: readonly ChatMessage[],
  render: (messages: readonly ChatMessage[]) => string,
  refused: (error: unknown) => boolean,
): readonly ChatMessage[] {
  const plain = plainConversation(messages);
  if (plain === messages) return messages;
  const later = messages.filter((message, index) => index > 0 && isSystem(message));
  try {
    const prompt = render(messages);
    return later.every(({ content }) => prompt.includes(contentText(content ?? "").trim())) ? messages : plain;
  } catch (error) {
    if (!refused(error)) throw error;
    return plain;
  }
}

function reminder(content: ChatMessage["content"]): NonNullable<ChatMessage["content"]> {
  if (typeof content !== "string") return [text(open), ...(content ?? []), text(close)];
  return content.includes(open) ? content : `${open}\n${content}\n${close}`;
}

const text = (words: string): ContentPart => ({ type: "text", text: words });

/** Two messages of one role as one: texts are paragraphs of it, other parts follow each other. */
function joined(one: ChatMessage, other: ChatMessage): ChatMessage {
  const [first, second] = [one.content ?? "", other.content ?? ""];
  if (typeof first === "string" && typeof second === "string") {
    return { ...one, content: [first, second].filter((each) => each !== "").join("\n\n") };
  }
  const parts = (content: string | readonly ContentPart[]): readonly ContentPart[] =>
    typeof content === "string" ? [text(content)] : content;
  return { ...one, content: [...parts(first), ...parts(second)] };
}
