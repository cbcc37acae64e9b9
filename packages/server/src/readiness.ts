import type { Models } from "./models.ts";

/**
 * `GET /ready`: whether requests should be sent here. 200 while the engine of a model at least answers, else 503; `missing`
 * names the engines that do not. Engines are asked as seldom as for the list of models.
 */
export async function readiness(models: Models, draining: AbortSignal | undefined): Promise<Response> {
  if (draining?.aborted) return Response.json({ status: "draining" }, { status: 503 });
  const { served, missing } = await models.state();
  const ready = served.length > 0;
  const body = { status: ready ? "ready" : "not ready", models: served.map(({ model }) => model.id), missing };
  return Response.json(body, { status: ready ? 200 : 503 });
}
