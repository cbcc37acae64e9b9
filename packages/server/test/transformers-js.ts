import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const installed = new URL("transformers-js/node_modules/@huggingface/transformers/", import.meta.url);

/** The library's module for Node. */
export const transformersJs: string = fileURLToPath(new URL("dist/transformers.node.mjs", installed));

/** Why tests with the library are skipped; empty where they run. */
export const missingTransformersJs: string = existsSync(installed)
  ? ""
  : " (skipped: npm run transformers-js has not been run)";

if (missingTransformersJs !== "") {
  console.info("the tests with transformers.js are skipped: npm run transformers-js has not been run");
}

export interface OnnxModel {
  readonly directory: string;
  remove(): void;
}

/** The demo model as a directory with an ONNX file. */
export function writeDemoOnnx(): OnnxModel {
  const folder = mkdtempSync(join(tmpdir(), "glossa-onnx-"));
  const directory = join(folder, "glossa-demo");
  const script = fileURLToPath(new URL("../../demo-engine/training/export-onnx.mjs", import.meta.url));
  execFileSync(process.execPath, [script, directory]);
  return { directory, remove: () => rmSync(folder, { recursive: true }) };
}
