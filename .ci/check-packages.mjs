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
function check(command, ...args) {
  const { status } = spawnSync("npx", ["--no-install", command, ...args], {
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  failed ||= status !== 0;
}

for (const { path, manifest } of packages) {
  console.log(`\n${manifest.name}`);
  check("publint", path, "--strict");
  // A command alone has no types to judge.
  if (manifest.exports?.["."]) check("attw", "--pack", path, "--profile", "esm-only", "--format", "ascii");
}
process.exitCode = failed ? 1 : 0;
