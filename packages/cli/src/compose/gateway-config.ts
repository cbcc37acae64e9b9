import { enginePort } from "./engine-service.ts";
import type { Placement } from "./assign.ts";
import type { EngineKind, StackModel } from "./stack.ts";

/** `glossa.config.yaml`: the models that the gateway serves, and the engines behind each. */
export interface GatewayConfig {
  readonly listen: { readonly host: string; readonly port: number };
  readonly models: readonly GatewayModel[];
}

export interface GatewayModel {
  /** The name that clients ask for, and engines serve. */
  readonly name: string;
  readonly aliases?: readonly string[];
  /** By name; left out where the gateway is to find out. */
  readonly format?: string;
  /** Where the engine takes prompts and no messages: the model's template and tokenizer, which the gateway fetches. */
  readonly checkpoint?: string;
  readonly download?: boolean;
  /** Tokens of prompt and answer that the engines were started for. */
  readonly contextLength: number;
  /** From this many tools on, a warning. */
  readonly toolsSoftCap: number;
  /** The replicas; which one is asked follows from the prompt's beginning and from the weights. */
  readonly engines: readonly { readonly kind: EngineKind; readonly url: string; readonly weight: number }[];
}

/** The port of the gateway in its container. */
export const gatewayPort = 8080;

/** Whether the gateway renders the model's prompts, from the checkpoint's own files. */
export const takesPrompts = ({ engine }: StackModel): boolean => engine === "sglang";

export function gatewayConfig(services: ReadonlyMap<string, Placement>): GatewayConfig {
  const models = new Map<string, GatewayModel>();
  for (const [service, { model, profile, context }] of services) {
    const engine = {
      kind: model.engine,
      url: `http://${service}:${enginePort[model.engine]}`,
      weight: model.weight,
    };
    const { format } = profile.profile;
    const known = models.get(model.model) ?? {
      name: model.model,
      ...(model.aliases.length > 0 && { aliases: model.aliases }),
      ...(format !== undefined && { format }),
      ...(takesPrompts(model) && { checkpoint: `hf:${model.model}`, download: true }),
      contextLength: context,
      toolsSoftCap: profile.toolsSoftCap,
      engines: [],
    };
    models.set(model.model, { ...known, engines: [...known.engines, engine] });
  }
  return { listen: { host: "0.0.0.0", port: gatewayPort }, models: [...models.values()] };
}
