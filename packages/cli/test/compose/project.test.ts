import { metrics } from "@glossa/server";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { isComposeFile, written } from "./stacks.ts";

/** One of everything. */
const everything = {
  name: "everything",
  gpus: [{ memory: 141 }, { memory: 141 }],
  listen: "0.0.0.0:80",
  models: [
    {
      model: "Qwen/Qwen3-8B",
      aliases: ["yes", "1e3", '#1: "q"'],
      replicas: 2,
      weight: 3,
      flags: ["--seed", "$HOME ${x}"],
    },
    { model: "Qwen/Qwen3-32B", gpus: [0, 1] },
    { model: "Qwen/Qwen3.5-9B", quantization: "fp8", context: 8192 },
    { model: "Qwen/Qwen3-4B", engine: "sglang" },
    { model: "mistralai/Mistral-7B-Instruct-v0.3", engine: "llamacpp", context: 8192, gguf: "me/mistral-GGUF:Q8_0" },
  ],
};
const files = written(everything, true);
const read = (name: string): any => parse(files.get(name)!);
const compose = read("compose.yaml");
const engines = Object.keys(compose.services).filter((name) => !["glossa", "prometheus", "grafana"].includes(name));
const command = (name: string): string => compose.services[name].command.join(" ");

describe("compose.yaml", () => {
  test("is a file of the Compose Specification", () => {
    expect(isComposeFile(compose), JSON.stringify(isComposeFile.errors)).toBe(true);
    // The judge judges: a field that there is none of is seen.
    expect(isComposeFile({ ...compose, services: { glossa: { ...compose.services.glossa, imagge: "x" } } })).toBe(
      false,
    );
  });

  test("has a service a replica, by names that are names in a network", () => {
    expect(engines).toEqual([
      "qwen3-8b-1",
      "qwen3-8b-2",
      "qwen3-32b",
      "qwen3-5-9b",
      "qwen3-4b",
      "mistral-7b-instruct-v0-3",
    ]);
    for (const name of engines) expect(name).toMatch(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/);
  });

  test("starts engines raw: none reads tools or reasoning itself", () => {
    for (const name of engines) expect(command(name)).not.toMatch(/tool-call-parser|auto-tool-choice|reasoning-parser/);
    expect(command("mistral-7b-instruct-v0-3")).toContain("--special");
  });

  test("every image has a tag, and none moves", () => {
    for (const { image } of Object.values<{ image: string }>(compose.services))
      expect(image).toMatch(/^glossa:test$|:(?!latest).*\d/);
  });

  test("gives each engine its cards, its share and its flags", () => {
    const devices = (name: string): unknown =>
      compose.services[name].deploy.resources.reservations.devices[0].device_ids;
    expect(devices("qwen3-32b")).toEqual(["0", "1"]);
    expect(command("qwen3-32b")).toContain("--tensor-parallel-size 2");
    expect(command("qwen3-8b-1")).toContain("--enable-prefix-caching");
    expect(command("qwen3-8b-1")).toMatch(/--max-model-len 16384 .*--gpu-memory-utilization 0\.\d+ /);
    // A linear layer's state has no prefix to share.
    expect(command("qwen3-5-9b")).not.toContain("--enable-prefix-caching");
    expect(command("qwen3-5-9b")).toContain("--quantization fp8");
    expect(command("mistral-7b-instruct-v0-3")).toContain("-hf me/mistral-GGUF:Q8_0 ");
    expect(command("mistral-7b-instruct-v0-3")).toContain("--ctx-size 32768 --parallel 4");
  });

  test("SGLang's share is of what is free when it starts, and without what it needs besides", () => {
    const models = [{ model: "Qwen/Qwen3-4B" }, { model: "Qwen/Qwen3-8B", engine: "sglang" }];
    const { services } = parse(written({ gpus: [{ memory: 80 }], models }).get("compose.yaml")!);
    const flag = (name: string, option: string): number =>
      Number(services[name].command[services[name].command.indexOf(option) + 1]);
    const first = flag("qwen3-4b", "--gpu-memory-utilization");
    const second = 0.9 - first - 2 / 80;
    expect(flag("qwen3-8b", "--mem-fraction-static")).toBeCloseTo(second / (1 - first), 2);
  });

  test("what users write is text, and no variable", () => {
    expect(compose.services["qwen3-8b-1"].command.slice(-2)).toEqual(["--seed", "$$HOME $${x}"]);
  });

  test("engines of one card start one after the other", () => {
    const seen = new Map<string, string>();
    for (const name of engines) {
      const { deploy, depends_on = {} } = compose.services[name];
      for (const id of deploy.resources.reservations.devices[0].device_ids) {
        if (seen.has(id)) expect(depends_on[seen.get(id)!]).toEqual({ condition: "service_healthy" });
        seen.set(id, name);
      }
    }
    expect(compose.services.glossa.depends_on).toEqual(engines);
  });

  test("every engine says when it is healthy, and only the gateway is reached from outside", () => {
    for (const name of engines) {
      expect(compose.services[name].healthcheck.test.join(" ")).toContain("/health");
      expect(compose.services[name].ports).toBeUndefined();
    }
    expect(compose.services.glossa.ports).toEqual(["0.0.0.0:80:8080"]);
    expect(compose.services.grafana.ports).toEqual(["127.0.0.1:3000:3000"]);
  });

  test("mounts no file that is not written", () => {
    const mounted = Object.values<{ volumes?: string[] }>(compose.services)
      .flatMap(({ volumes = [] }) => volumes)
      .filter((volume) => volume.startsWith("./"))
      .map((volume) => volume.slice(2, volume.indexOf(":")));
    expect(mounted.length).toBe(5);
    for (const path of mounted) expect([...files.keys()].some((name) => name.startsWith(path))).toBe(true);
  });
});

describe("the files beside it", () => {
  test("the gateway's has every model once, with all its engines", () => {
    const { models, listen } = read("glossa.config.yaml");
    expect(listen).toEqual({ host: "0.0.0.0", port: 8080 });
    expect(models[0]).toEqual({
      name: "Qwen/Qwen3-8B",
      aliases: ["yes", "1e3", '#1: "q"'],
      format: "hermes",
      contextLength: 16_384,
      toolsSoftCap: 10,
      engines: [
        { kind: "vllm", url: "http://qwen3-8b-1:8000", weight: 3 },
        { kind: "vllm", url: "http://qwen3-8b-2:8000", weight: 3 },
      ],
    });
    expect(models.map(({ name }: { name: string }) => name)).toEqual(everything.models.map(({ model }) => model));
    expect(models.at(-1).engines).toEqual([
      { kind: "llamacpp", url: "http://mistral-7b-instruct-v0-3:8080", weight: 1 },
    ]);
  });

  test("LiteLLM's has the same models and aliases", () => {
    const { model_list, router_settings } = read("litellm.config.yaml");
    expect(model_list[0]).toEqual({
      model_name: "Qwen/Qwen3-8B",
      litellm_params: { model: "openai/Qwen/Qwen3-8B", api_base: "http://glossa:8080/v1", api_key: "none" },
    });
    expect(model_list.length).toBe(5);
    expect(router_settings.model_group_alias).toMatchObject({ yes: "Qwen/Qwen3-8B", "1e3": "Qwen/Qwen3-8B" });
    // LiteLLM reads YAML 1.1, where `yes` is true.
    expect(parse(files.get("litellm.config.yaml")!, { version: "1.1" })).toEqual(read("litellm.config.yaml"));
    expect(written(everything).has("litellm.config.yaml")).toBe(false);
  });

  test("Prometheus asks the gateway and every engine", () => {
    const targets = read("prometheus.yml").scrape_configs.flatMap((job: any) =>
      job.static_configs.flatMap((config: any) => config.targets),
    );
    expect(targets.map((target: string) => target.split(":")[0])).toEqual(["glossa", ...engines]);
  });

  test("the dashboard draws every metric of the gateway, and those of the engines there are", () => {
    const board = JSON.parse(files.get("grafana/dashboards/glossa.json")!);
    const panels = board.panels.filter(({ type }: { type: string }) => type === "timeseries");
    const drawn: string = panels.flatMap(({ targets }: any) => targets.map(({ expr }: any) => expr)).join("\n");
    for (const { name } of Object.values(metrics)) expect(drawn).toContain(name);
    for (const prefix of ["vllm:", "sglang:", "llamacpp:"]) expect(drawn).toContain(prefix);
    // Every parenthesis is closed, every label in a legend is one that the sum keeps.
    for (const { targets } of panels) {
      for (const { expr, legendFormat } of targets) {
        expect(expr.split("(").length).toBe(expr.split(")").length);
        for (const [, label] of legendFormat.matchAll(/\{\{(\w+)\}\}/g))
          expect(expr).toMatch(new RegExp(`by \\([^)]*\\b${label}\\b`));
      }
    }
    const uid = read("grafana/datasources/prometheus.yaml").datasources[0].uid;
    for (const { datasource } of panels) expect(datasource.uid).toBe(uid);
    expect(new Set(board.panels.map(({ id }: { id: number }) => id)).size).toBe(board.panels.length);
  });

  test("a project on the processor asks for no card", () => {
    const { services, volumes } = parse(
      written({ models: [{ model: "Qwen/Qwen3-4B", engine: "llamacpp" }] }).get("compose.yaml")!,
    );
    expect(services["qwen3-4b"].deploy).toBeUndefined();
    expect(services["qwen3-4b"].command.join(" ")).not.toContain("--n-gpu-layers");
    expect(volumes).toHaveProperty("gguf");
  });
});
