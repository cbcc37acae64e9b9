import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { onTestFinished } from "vitest";

/** A process that listens and then does nothing any more, so that its connections are made by the system and never taken. */
const listener = `
  const server = require("node:net").createServer();
  server.listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
    require("node:fs").writeSync(1, String(server.address().port));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });`;

/** An address whose queue of connections is full: one more is neither made nor refused. */
export async function startSilentListener(): Promise<string> {
  const child = spawn(process.execPath, ["-e", listener], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [written] = (await once(child.stdout, "data")) as [Buffer];
  const port = Number(written.toString());
  const sockets = Array.from({ length: 16 }, () => connect(port, "127.0.0.1").on("error", () => undefined));
  onTestFinished(() => sockets.forEach((socket) => socket.destroy()));
  await once(sockets[0]!, "connect");
  return `http://127.0.0.1:${port}`;
}
