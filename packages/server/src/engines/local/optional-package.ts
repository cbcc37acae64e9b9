import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { engineError } from "../../error.ts";

export interface OptionalPackage {
  readonly name: string;
  /** What it is for, as the beginning of a sentence. */
  readonly use: string;
  /** The line that installs it, and what else is to know of that. */
  readonly install: string;
}

/**
 * A package that is an optional peer dependency, from beside Glossa or from the working directory. Throws `ApiError` with the line that
 * installs it.
 */
export async function importOptional<T>({ name, use, install }: OptionalPackage): Promise<T> {
  try {
    return (await import(locate(name))) as T;
  } catch (error) {
    const { code, message: reason } = error as NodeJS.ErrnoException;
    const missing = (code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND") && reason.includes(`'${name}'`);
    const message = missing
      ? `${use} by the package ${name}, which is not installed: ${install}`
      : `${use} by the package ${name}, which can't be loaded: ${reason.split("\n", 1)[0]}`;
    throw engineError(message, "engine_not_installed", { cause: error });
  }
}

function locate(name: string): string {
  for (const from of [import.meta.url, pathToFileURL(join(process.cwd(), "package.json")).href]) {
    try {
      return pathToFileURL(createRequire(from).resolve(name)).href;
    } catch {
      // Not there; perhaps in the next place.
    }
  }
  // Says by its error that there is none, wherever Node looks for it.
  return name;
}
