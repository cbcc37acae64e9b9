import { conversations, otherCall, plainCall, words } from "./conversations.ts";
import { around, fault, type Fault } from "./fault.ts";
import type { Conversation, Shape } from "./conversation.ts";
import type { Subject } from "./subject.ts";

const pier = plainCall.arguments["pier"] as string;
const otherPier = otherCall.arguments["pier"] as string;

/** How else a server may write a message with calls, in the order in which they are tried. */
const otherShapes: readonly (readonly [words: string, shape: Partial<Shape>])[] = [
  ["with arguments as JSON text", { arguments: "text" }],
  ["with null as content", { noContent: null }],
  ["with null as content and arguments as JSON text", { noContent: null, arguments: "text" }],
];

/** The shape in which the template writes a call with its arguments; undefined where it writes none in any. */
export function writtenShape(subject: Subject): Partial<Shape> | undefined {
  return [{}, ...otherShapes.map(([, shape]) => shape)].find((shape) => {
    const { text } = subject.render(conversations.openCall, { shape });
    return text?.includes(pier);
  });
}

/** Faults of how calls in the history are written. */
export function callFaults(subject: Subject): Fault[] {
  const dropped = droppedCalls(subject);
  const shape = writtenShape(subject);
  if (!shape) return dropped;
  return [
    ...dropped,
    ...pythonArguments(subject, shape),
    ...encodedTwice(subject, shape),
    ...misspeltRepr(subject, shape),
    ...singleCall(subject, shape),
    ...contentDropped(subject, shape),
    ...callIds(subject, shape),
  ];
}

function droppedCalls(subject: Subject): Fault[] {
  const { openCall } = conversations;
  const { text, error } = subject.render(openCall);
  if (text?.includes(pier)) return [];
  const works = otherShapes.find(([, shape]) => subject.render(openCall, { shape }).text?.includes(pier));
  const but = works ? `; ${works[0]} it is written` : "";
  if (error !== undefined) {
    const code = works?.[1].arguments === "text" ? "arguments-refused" : "calls-dropped";
    return [fault(code, `a call is refused: ${error}${but}`, openCall)];
  }
  // Tools are left out, since they have the name as well.
  const bare = subject.render({ ...openCall, tools: [] });
  return bare.text?.includes(plainCall.name)
    ? [
        fault(
          "arguments-dropped",
          `the arguments of a call are not in the prompt: ${around(bare.text, plainCall.name)}`,
          openCall,
        ),
      ]
    : [fault("calls-dropped", `a call is not in the prompt${but}`, openCall)];
}

function pythonArguments(subject: Subject, shape: Partial<Shape>): Fault[] {
  if (subject.writesPython) return [];
  for (const conversation of [conversations.openCall, conversations.nestedCall]) {
    const { text } = subject.render(conversation, { shape });
    const found = text && /\{'pier': '|\{'stops': \[|\{'tons': 2|\['Alta/.exec(text)?.[0];
    if (found)
      return [fault("python-arguments", `arguments are printed as Python: ${around(text, found)}`, conversation)];
  }
  return [];
}

function encodedTwice(subject: Subject, shape: Partial<Shape>): Fault[] {
  const { openCall } = conversations;
  const { text } = subject.render(openCall, { shape });
  return text?.includes(`\\"${pier}\\"`)
    ? [fault("arguments-encoded-twice", `arguments are JSON in a JSON string: ${around(text, pier)}`, openCall)]
    : [];
}

/** `"%sr"` in a template: the text of a value, and an r behind it. */
function misspeltRepr(subject: Subject, shape: Partial<Shape>): Fault[] {
  const { openParallel, openCall } = conversations;
  const written = [subject.render(openCall, { shape }).text, subject.render(openParallel, { shape }).text].flatMap(
    (text) => text ?? [],
  );
  const text = written.find((each) => each.includes(`${pier}r`) || each.includes(`${otherPier}r`));
  return text === undefined
    ? []
    : [fault("misspelt-repr", `text has no quotes and an r behind it: ${around(text, `${pier}r`)}`, openCall)];
}

function singleCall(subject: Subject, shape: Partial<Shape>): Fault[] {
  const { openParallel } = conversations;
  const { text, error } = subject.render(openParallel, { shape });
  if (error !== undefined) return [fault("single-call", `two calls are refused: ${error}`, openParallel)];
  if (text!.includes(pier) && text!.includes(otherPier)) return [];
  return [
    fault(
      "single-call",
      `of two calls the ${text!.includes(pier) ? "second" : "first"} is not in the prompt`,
      openParallel,
    ),
  ];
}

function contentDropped(subject: Subject, shape: Partial<Shape>): Fault[] {
  const { textAndCall } = conversations;
  const { text, error } = subject.render(textAndCall, { shape });
  if (error !== undefined) return [fault("content-dropped", `text beside a call is refused: ${error}`, textAndCall)];
  if (text!.includes(words.lookup)) {
    return text!.includes(pier) ? [] : [fault("calls-dropped", "a call beside text is not in the prompt", textAndCall)];
  }
  return [fault("content-dropped", "text beside a call is not in the prompt", textAndCall)];
}

/** As OpenAI's API makes them, and clients bring them from other models. */
const clientId = "call_Kd83hfUe92mQpLw74ZxTbRya";

function callIds(subject: Subject, shape: Partial<Shape>): Fault[] {
  const { call } = conversations;
  const own = subject.render(call, { shape, generation: true });
  if (own.text === undefined) return [];
  const brought = subject.render(call, { shape: { ...shape, createId: () => clientId }, generation: true });
  if (brought.error !== undefined)
    return [fault("call-id-length", `the id ${JSON.stringify(clientId)} is refused: ${brought.error}`, call)];
  const expected = subject.format?.ids;
  const length = expected?.kind === "random" ? expected.prefix.length + expected.length : undefined;
  // Ids that no format of ours is strict about may be as long as they like.
  if (length === 9 && brought.text!.includes(clientId))
    return [
      fault(
        "call-id-length",
        `ids have ${length} characters with this model: ${around(brought.text!, clientId)}`,
        call,
      ),
    ];
  return mismatchedIds(brought.text!, call);
}

/** The id is cut or changed at the call and not at the result, or the other way round. */
function mismatchedIds(text: string, conversation: Conversation): Fault[] {
  const pieces = [...text.matchAll(/call_Kd83\w*|\w*TbRya\b/g)].map(([id]) => id);
  const ids = [...new Set(pieces)];
  return ids.length > 1 ? [fault("call-id-mismatch", `one call has the ids ${ids.join(" and ")}`, conversation)] : [];
}
