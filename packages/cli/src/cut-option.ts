import { parseCut, type Cut } from "@glossa/server";
import { InvalidArgumentError, Option } from "commander";

/** `--cut`, the same for a text that is parsed and a recording that is streamed. */
export function cutOption(description: string): Option {
  return new Option("--cut <how>", description).argParser((text): Cut => {
    try {
      return parseCut(text);
    } catch (error) {
      throw new InvalidArgumentError(`${(error as Error).message}.`);
    }
  });
}
