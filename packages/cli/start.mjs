/**
 * `npm start` in the repository: builds, then runs the command in this same process. As a chain of shell commands, a
 * signal sent to npm would end the shell and leave the server running.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const { status } = spawnSync("npm", ["run", "--silent", "build"], {
  cwd: root,
  stdio: "inherit",
  shell: process.platform === "win32",
});
if (status !== 0) process.exit(status ?? 1);
await import("./dist/main.js");
