/** The bare proxy: what hono and Node's fetch cost when nothing is done between them. */
import { createAdaptorServer } from "@hono/node-server";
import { Hono } from "hono";

const [, , target] = process.argv;
const app = new Hono();
app.post("*", async (c) => {
  const answer = await fetch(target + c.req.path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: await c.req.text(),
  });
  return new Response(answer.body, { headers: { "content-type": answer.headers.get("content-type") } });
});
const server = createAdaptorServer({ fetch: app.fetch });
server.listen(0, "127.0.0.1", () => process.send({ url: `http://127.0.0.1:${server.address().port}` }));
