/** The processes of the benchmark, and what they take: Linux only, from `/proc`. */
import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const children = new Set();
process.on("exit", () => children.forEach((child) => child.kill()));

function watched(child, what) {
  children.add(child);
  child.once("exit", (code) => {
    children.delete(child);
    if (code) throw new Error(`${what} ended with ${code}`);
  });
  return child;
}

/** One of ours, that says where it listens. */
export async function start(file, ...options) {
  const child = watched(fork(here(file), options), file);
  const [{ url }] = await once(child, "message");
  return { url, child };
}

export const startLoad = () => watched(fork(here("load.mjs")), "the load generator");

/** `glossa serve`, as it is installed. */
export async function startGlossa(engine, target, options = []) {
  const child = watched(
    fork(here("../../packages/cli/dist/main.js"), ["serve", "-e", engine, "-u", target, "-f", "hermes", "-p", "0"], {
      execArgv: ["--expose-gc", "--import", here("control.mjs"), ...options],
      stdio: ["ignore", "pipe", "inherit", "ipc"],
    }),
    "glossa serve",
  );
  let banner = "";
  for await (const text of child.stdout.setEncoding("utf8").iterator({ destroyOnReturn: false })) {
    banner += text;
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(banner)?.[0];
    if (url) return { url, child, parsed: true };
  }
  throw new Error(`glossa serve says ${banner}`);
}

/** Portkey's gateway, where `npm run portkey` has installed it. */
export async function startPortkey(target) {
  const file = here("portkey/node_modules/@portkey-ai/gateway/build/start-server.js");
  if (!existsSync(file)) return undefined;
  const port = await freePort();
  const child = watched(spawn(process.execPath, [file, `--port=${port}`, "--headless"], { stdio: "ignore" }), file);
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < 100; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    if (await fetch(url).catch(() => undefined)) break;
  }
  return { url, child, headers: { "x-portkey-provider": "openai", "x-portkey-custom-host": `${target}/v1` } };
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  return port;
}

/** Microseconds of CPU that a process has had, all its threads. */
export function cpuOf({ pid }) {
  const threads = readdirSync(`/proc/${pid}/task`);
  const of = (thread) => Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]);
  return threads.reduce((sum, thread) => sum + of(thread), 0) / 1000;
}

/** Megabytes in memory. */
export const memoryOf = ({ pid }) =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) / 1024;

export async function stop(child) {
  child.kill();
  await once(child, "exit");
}

/** What a child says to a message. */
export async function ask(child, message) {
  child.send(message);
  const [answer] = await once(child, "message");
  if (answer.failed) throw new Error(answer.failed);
  return answer;
}
