import { callFaults } from "./call-faults.ts";
import { conversations } from "./conversations.ts";
import { fault, type Fault } from "./fault.ts";
import { promptFaults } from "./prompt-faults.ts";
import { resultFaults } from "./result-faults.ts";
import { roundTrips, type RoundTrip } from "./round-trip.ts";
import type { Subject } from "./subject.ts";
import { toolFaults } from "./tool-faults.ts";

export interface TemplateReport {
  readonly faults: readonly Fault[];
  /** Empty where no format is known. */
  readonly roundTrips: readonly RoundTrip[];
}

/** Everything that a template shows by itself, without a tokenizer. */
export function checkTemplate(subject: Subject): TemplateReport {
  const { plain, tools } = conversations;
  const refusal = subject.render(plain, { generation: true }).error;
  const takesTools = subject.render(tools, { generation: true }).error === undefined;
  // What refuses a question, with tools and without, would show the same cause in all the rest.
  if (refusal !== undefined && !takesTools)
    return { faults: [fault("conversation-refused", `the template refuses it: ${refusal}`, plain)], roundTrips: [] };
  const trips = roundTrips(subject);
  return {
    faults: [
      ...promptFaults(subject),
      ...toolFaults(subject),
      // Where there are calls, there are tools.
      ...(takesTools ? [...callFaults(subject), ...resultFaults(subject)] : []),
      ...roundTripFaults(trips),
    ],
    roundTrips: trips,
  };
}

/** One cause shows in many messages. */
function roundTripFaults(trips: readonly RoundTrip[]): Fault[] {
  const [first, ...more] = trips.filter(({ outcome }) => outcome === "differs");
  if (!first) return [];
  const others = more.length === 0 ? "" : ` (and ${more.length} more of ${trips.length} messages)`;
  return [fault("round-trip", `${first.seen ?? ""}${others}`, { title: first.conversation })];
}
