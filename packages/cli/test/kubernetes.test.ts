import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { parseConfig } from "../src/config-file.ts";

const folder = new URL("../../../deploy/kubernetes/", import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, folder), "utf8");

function objectsOf(name: string): any[] {
  return parseAllDocuments(read(name), { uniqueKeys: true }).map((document) => {
    expect([...document.errors, ...document.warnings]).toEqual([]);
    return document.toJS();
  });
}

const kustomization = parse(read("kustomization.yaml"));
const objects = (kustomization.resources as string[]).flatMap(objectsOf);
const find = (kind: string, name: string): any =>
  objects.find((object) => object.kind === kind && object.metadata.name === name);
const config = parseConfig(read("glossa.config.yaml"), {});

test("each file of the folder has its place, each object its kind and a name of its own", () => {
  const generated = kustomization.configMapGenerator.flatMap(({ files }: any) => files);
  const named = ["kustomization.yaml", ...kustomization.resources, ...generated];
  expect(readdirSync(folder).toSorted()).toEqual(named.toSorted());
  const names = objects.map(({ apiVersion, kind, metadata }) => `${apiVersion} ${kind} ${metadata.name}`);
  expect(names.toSorted()).toEqual([
    "apps/v1 Deployment glossa",
    "apps/v1 StatefulSet vllm",
    "policy/v1 PodDisruptionBudget glossa",
    "v1 Service glossa",
    "v1 Service vllm",
  ]);
});

test("what selects pods selects those that there are, by ports that they have", () => {
  for (const workload of [find("Deployment", "glossa"), find("StatefulSet", "vllm")]) {
    const { name } = workload.metadata;
    const { labels } = workload.spec.template.metadata;
    const { containers } = workload.spec.template.spec;
    const ports = containers.flatMap((container: any) => container.ports.map((port: any) => port.name));
    expect(workload.spec.selector.matchLabels).toEqual(labels);
    expect(find("Service", name).spec.selector).toEqual(labels);
    for (const { targetPort } of find("Service", name).spec.ports) expect(ports).toContain(targetPort);
    for (const { livenessProbe, readinessProbe, startupProbe } of containers) {
      for (const probe of [livenessProbe, readinessProbe, startupProbe].filter(Boolean))
        expect(ports).toContain(probe.httpGet.port);
    }
  }
  expect(find("PodDisruptionBudget", "glossa").spec.selector).toEqual(find("Deployment", "glossa").spec.selector);
});

test("the gateway listens where it is looked for, and is stopped as slowly as its answers need", () => {
  const { template } = find("Deployment", "glossa").spec;
  const [container] = template.spec.containers;
  expect(container.ports).toEqual([{ name: "http", containerPort: config.listen.port }]);
  expect(config.listen.host).toBe("0.0.0.0");
  expect([container.livenessProbe.httpGet.path, container.readinessProbe.httpGet.path]).toEqual(["/health", "/ready"]);
  const [mount] = container.volumeMounts;
  expect(container.args).toContain(`${mount.mountPath}/glossa.config.yaml`);
  expect(template.spec.volumes).toEqual([{ name: mount.name, configMap: { name: "glossa" } }]);
  expect(kustomization.configMapGenerator).toEqual([{ name: "glossa", files: ["glossa.config.yaml"] }]);
  const { drainDelay = 0, drainTimeout = 0 } = config.listen;
  expect(drainDelay).toBeGreaterThan(
    container.readinessProbe.periodSeconds * container.readinessProbe.failureThreshold,
  );
  expect(template.spec.terminationGracePeriodSeconds).toBeGreaterThan(drainDelay + drainTimeout);
});

test("each pod of the model is an engine of the gateway, served by the name that it has there", () => {
  const { spec, metadata } = find("StatefulSet", "vllm");
  expect(find("Service", spec.serviceName).spec.clusterIP).toBe("None");
  const [model, ...others] = config.models;
  expect(others).toEqual([]);
  const pods = Array.from({ length: spec.replicas }, (_, index) => `${metadata.name}-${index}.${spec.serviceName}`);
  expect(model!.engines.map((engine) => [engine.kind, "url" in engine && engine.url])).toEqual(
    pods.map((pod) => ["vllm", `http://${pod}:${find("Service", "vllm").spec.ports[0].port}`]),
  );
  const [{ command, args }] = spec.template.spec.containers;
  expect(args[0]).toBe(model!.name);
  expect(args).toContain(`--max-model-len=${model!.contextLength}`);
  expect([...command, ...args].join(" ")).not.toMatch(
    /--(?:tool-call-parser|reasoning-parser|enable-auto-tool-choice)/,
  );
});

test("each configuration on the page about it is one", () => {
  const page = readFileSync(new URL("../../../docs/scale.md", import.meta.url), "utf8");
  const blocks = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, block]) => block!);
  const files = blocks.filter((block) => "models" in parse(block));
  expect(files.map((file) => parseConfig(file, {}).models[0]!.engines[0]!.kind)).toEqual(["vllm", "vllm", "sglang"]);
});
