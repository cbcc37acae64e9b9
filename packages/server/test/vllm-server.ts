import { startDemoServer, type DemoServer } from "./demo-server.ts";

/** vLLM's command, which GLOSSA_VLLM names: a build for the processor will do. */
export const vllmCommand: string | undefined = process.env["GLOSSA_VLLM"];

if (vllmCommand === undefined) {
  console.info("the tests with the real vLLM are skipped: GLOSSA_VLLM does not name its command");
}

export interface RunningVllm extends DemoServer {
  /** What its `/metrics` says under that name, all labels added up. */
  metric(name: string): Promise<number>;
}

/** Serves the demo model as `demo`. */
export async function startVllm(...argv: readonly string[]): Promise<RunningVllm> {
  const small = ["--enforce-eager", "--max-num-seqs", "8", "--dtype", "float32"];
  const server = await startDemoServer({
    command: vllmCommand!,
    argv: (checkpoint, port) => {
      const address = ["--host", "127.0.0.1", "--port", String(port)];
      return ["serve", checkpoint, "--served-model-name", "demo", ...address, ...small, ...argv];
    },
    env: { VLLM_CPU_KVCACHE_SPACE: "1", VLLM_CPU_OMP_THREADS_BIND: "nobind", VLLM_NO_USAGE_STATS: "1" },
  });
  return {
    ...server,
    async metric(name) {
      const text = await (await fetch(`${server.url}/metrics`)).text();
      const lines = text.split("\n").filter((line) => line.startsWith(`${name}{`));
      return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" "))), 0);
    },
  };
}
