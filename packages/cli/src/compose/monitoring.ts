import type { Placement } from "./assign.ts";
import { enginePort } from "./engine-service.ts";
import { gatewayPort } from "./gateway-config.ts";

/** `prometheus.yml`: the gateway and every engine. */
export function prometheusConfig(services: ReadonlyMap<string, Placement>): object {
  return {
    global: { scrape_interval: "10s" },
    scrape_configs: [
      { job_name: "glossa", static_configs: [{ targets: [`glossa:${gatewayPort}`] }] },
      {
        job_name: "engines",
        static_configs: [...services].map(([service, { model }]) => ({
          targets: [`${service}:${enginePort[model.engine]}`],
          labels: { model: model.model, engine: model.engine },
        })),
      },
    ],
  };
}

/** The name by which dashboards know the data source. */
export const dataSource = { type: "prometheus", uid: "prometheus" } as const;

/** Grafana reads these at its start. */
export const grafanaDataSources: object = {
  apiVersion: 1,
  datasources: [{ name: "Prometheus", ...dataSource, access: "proxy", url: "http://prometheus:9090", isDefault: true }],
};

export const grafanaDashboards: object = {
  apiVersion: 1,
  providers: [
    { name: "glossa", type: "file", options: { path: "/etc/grafana/dashboards", foldersFromFilesStructure: false } },
  ],
};
