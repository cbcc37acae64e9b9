/** Judges each package as npm would publish it: publint for its package.json, attw for its types as an ES module. */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

const packages = readdirSync("packages")
  .map((name) => ({
    path: `packages/${name}`,
    manifest: JSON.parse(readFileSync(`packages/${name}/package.json`, "utf8")),
  }))
  .filter(({ manifest }) => !manifest.private);

let failed = false;
/** Says what is wrong, and nothing where all is well. */
function check(command, ...args) {
  const { status, stdout, stderr } = spawnSync("npx", ["--no-install", command, ...args], {
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  console.log(`  ${command}: ${status === 0 ? "good" : "bad"}`);
  if (status === 0) return;
  failed = true;
  console.log(stdout + stderr);
}

for (const { path, manifest } of packages) {
  console.log(manifest.name);
  check("publint", path, "--strict");
  // A command alone has no types to judge.
  if (manifest.exports?.["."]) check("attw", "--pack", path, "--profile", "esm-only", "--format", "ascii");
}
process.exitCode = failed ? 1 : 0;
