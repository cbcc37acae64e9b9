import { gatewayPort } from "./gateway-config.ts";
import type { Stack } from "./stack.ts";

/** LiteLLM's `config.yaml` for the same models: to it the gateway is a server of OpenAI's protocol. */
export function liteLLMConfig({ models }: Stack): object {
  const aliases = models.flatMap(({ model, aliases }) => aliases.map((alias) => [alias, model] as const));
  return {
    model_list: models.map(({ model }) => ({
      model_name: model,
      // LiteLLM reads what is before the first slash as the kind of server. The gateway looks at no key; LiteLLM insists on one.
      litellm_params: { model: `openai/${model}`, api_base: `http://glossa:${gatewayPort}/v1`, api_key: "none" },
    })),
    ...(aliases.length > 0 && { router_settings: { model_group_alias: Object.fromEntries(aliases) } }),
  };
}
