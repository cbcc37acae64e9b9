import { stringify } from "yaml";
import type { Placement } from "./assign.ts";
import { dashboard } from "./dashboard.ts";
import { engineService, type Service } from "./engine-service.ts";
import { gatewayConfig, gatewayPort, takesPrompts } from "./gateway-config.ts";
import { images } from "./images.ts";
import { liteLLMConfig } from "./litellm.ts";
import { grafanaDashboards, grafanaDataSources, prometheusConfig } from "./monitoring.ts";
import type { Stack } from "./stack.ts";

export interface ProjectOptions {
  /** The image of the gateway, such as `glossa:0.1.0`. */
  readonly image: string;
  /** With a `litellm.config.yaml` for the same models. */
  readonly litellm: boolean;
}

/** The files of a docker compose project, path to text. */
export function project(
  stack: Stack,
  placements: readonly Placement[],
  { image, litellm }: ProjectOptions,
): ReadonlyMap<string, string> {
  const services = nameServices(placements);
  const written = "Written by `glossa compose`; write it again rather than change it.";
  const yaml = (value: object): string =>
    // Readers of YAML 1.1, LiteLLM's among them, take the key `yes` for true: such keys are quoted, too.
    `# ${written}\n${stringify(value, { lineWidth: 0, aliasDuplicateObjects: false, defaultStringType: "QUOTE_DOUBLE", defaultKeyType: "PLAIN", compat: "yaml-1.1" })}`;
  return new Map([
    ["compose.yaml", yaml(composeFile(stack, services, image))],
    ["glossa.config.yaml", yaml(gatewayConfig(services))],
    ["prometheus.yml", yaml(prometheusConfig(services))],
    ["grafana/datasources/prometheus.yaml", yaml(grafanaDataSources)],
    ["grafana/providers/glossa.yaml", yaml(grafanaDashboards)],
    [
      "grafana/dashboards/glossa.json",
      `${JSON.stringify(dashboard(placements.map(({ model }) => model.engine)), null, 2)}\n`,
    ],
    [
      ".env.example",
      [
        "# Copy to .env. For models that ask for a licence to be accepted:",
        "HF_TOKEN=",
        "# Where the weights are kept, if not in ~/.cache/huggingface:",
        "#HF_HOME=",
        "# Of Grafana's user admin, which is admin unless you say otherwise.",
        "#GRAFANA_PASSWORD=",
        "",
      ].join("\n"),
    ],
    ...(litellm ? [["litellm.config.yaml", yaml(liteLLMConfig(stack))] as const] : []),
  ]);
}

function composeFile(stack: Stack, services: ReadonlyMap<string, Placement>, image: string): object {
  const engines: Record<string, Service> = {};
  // Per card, the engine that started on it last, and how much of it is given out by then.
  const cards = new Map<string, { readonly latest: string; readonly taken: number }>();
  for (const [name, placement] of services) {
    const before = placement.gpus.flatMap(({ id }) => cards.get(id) ?? []);
    engines[name] = engineService(placement, {
      after: [...new Set(before.map(({ latest }) => latest))],
      taken: Math.max(0, ...before.map(({ taken }) => taken)),
    });
    for (const { id } of placement.gpus) {
      cards.set(id, { latest: name, taken: (cards.get(id)?.taken ?? 0) + placement.share });
    }
  }
  const gguf = [...services.values()].some(({ model }) => model.engine === "llamacpp");
  return {
    name: stack.name,
    services: {
      glossa: gatewayService(stack, image, services),
      ...engines,
      prometheus: {
        image: images.prometheus,
        restart: "unless-stopped",
        volumes: ["./prometheus.yml:/etc/prometheus/prometheus.yml:ro", "prometheus:/prometheus"],
        ports: ["127.0.0.1:9090:9090"],
      },
      grafana: {
        image: images.grafana,
        restart: "unless-stopped",
        environment: {
          GF_AUTH_ANONYMOUS_ENABLED: "true",
          GF_AUTH_ANONYMOUS_ORG_ROLE: "Viewer",
          GF_SECURITY_ADMIN_PASSWORD: "${GRAFANA_PASSWORD:-}",
          GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH: "/etc/grafana/dashboards/glossa.json",
        },
        volumes: [
          "./grafana/datasources:/etc/grafana/provisioning/datasources:ro",
          "./grafana/providers:/etc/grafana/provisioning/dashboards:ro",
          "./grafana/dashboards:/etc/grafana/dashboards:ro",
          "grafana:/var/lib/grafana",
        ],
        ports: ["127.0.0.1:3000:3000"],
        depends_on: ["prometheus"],
      },
    },
    volumes: { ...(gguf && { gguf: {} }), prometheus: {}, grafana: {} },
  };
}

function gatewayService({ listen }: Stack, image: string, services: ReadonlyMap<string, Placement>): Service {
  const fetches = [...services.values()].some(({ model }) => takesPrompts(model));
  return {
    image,
    restart: "unless-stopped",
    command: ["serve", "--config", "/etc/glossa/glossa.config.yaml"],
    volumes: ["./glossa.config.yaml:/etc/glossa/glossa.config.yaml:ro"],
    // Templates and tokenizers are small, and fetched anew when the gateway starts anew.
    ...(fetches && {
      environment: { HF_HOME: "/cache", HF_TOKEN: "${HF_TOKEN:-}" },
      tmpfs: ["/cache:mode=1777"],
    }),
    ports: [`${listen}:${gatewayPort}`],
    healthcheck: {
      test: [
        "CMD",
        "node",
        "-e",
        `fetch("http://127.0.0.1:${gatewayPort}/health").then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))`,
      ],
      interval: "10s",
      timeout: "5s",
      retries: 3,
      start_period: "30s",
    },
    // Started, not healthy: it serves the models that are there while others still load.
    depends_on: [...services.keys()],
    read_only: true,
    cap_drop: ["ALL"],
    security_opt: ["no-new-privileges:true"],
  };
}

const ownNames: ReadonlySet<string> = new Set(["glossa", "prometheus", "grafana"]);

/** A name for each engine that is a name in the network too: the model's, a number behind it where there are several. */
export function nameServices(placements: readonly Placement[]): ReadonlyMap<string, Placement> {
  const services = new Map<string, Placement>();
  for (const placement of placements) {
    const { model, replica } = placement.model.replicas > 1 ? placement : { ...placement, replica: 0 };
    const base = model.model
      .slice(model.model.lastIndexOf("/") + 1)
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, "-")
      .replaceAll(/^-+|-+$/g, "")
      .slice(0, 50);
    const wanted = replica === 0 ? base : `${base}-${replica}`;
    let name = wanted;
    for (let n = 2; services.has(name) || ownNames.has(name); n++) name = `${wanted}-${n}`;
    services.set(name, placement);
  }
  return services;
}
