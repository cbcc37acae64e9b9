import { startDemoServer, type DemoServer } from "./demo-server.ts";

/** A Python that has SGLang, which GLOSSA_SGLANG names. */
export const sglangPython: string | undefined = process.env["GLOSSA_SGLANG"];

if (sglangPython === undefined) {
  console.info("the tests with the real SGLang are skipped: GLOSSA_SGLANG does not name a Python that has it");
}

export interface RunningSglang extends DemoServer {
  /** How many requests it decodes now. */
  running(): Promise<number>;
}

/** Serves the demo model as `demo`, on the processor. */
export async function startSglang(...argv: readonly string[]): Promise<RunningSglang> {
  const plain = ["--device", "cpu", "--attention-backend", "torch_native", "--sampling-backend", "pytorch"];
  const small = ["--disable-overlap-schedule", "--max-total-tokens", "20000", "--dtype", "float32"];
  const server = await startDemoServer({
    command: sglangPython!,
    argv: (checkpoint, port) => {
      const served = ["--model-path", checkpoint, "--served-model-name", "demo", "--port", String(port)];
      return ["-m", "sglang.launch_server", ...served, ...plain, ...small, ...argv];
    },
    env: { SGLANG_USE_CPU_ENGINE: "1" },
  });
  return {
    ...server,
    async running() {
      const { loads } = (await (await fetch(`${server.url}/v1/loads`)).json()) as any;
      return loads.reduce((sum: number, load: any) => sum + load.num_running_reqs, 0);
    },
  };
}
