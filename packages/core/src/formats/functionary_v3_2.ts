import { call, json, literal, marker, name, type Format } from "../format.ts";
import { llama3 } from "./turns.ts";

/** Text and calls have a recipient each, `all` for text; the prompt opens the first. Source: Functionary v3.2's template. */
export const functionary_v3_2: Format = {
  name: "functionary_v3_2",
  models: ["meetkai/functionary-*-v3.2"],
  ...llama3,
  text: [{ open: [marker(">>>all\n")], close: [] }],
  calls: {
    lead: "",
    parallel: true,
    nodes: [call(literal(">>>"), name(), literal("\n"), json())],
  },
  ids: { kind: "random", prefix: "call_", length: 24 },
};
