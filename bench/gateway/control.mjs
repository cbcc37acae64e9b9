/** Loaded into the gateway's process with `--import`: collects garbage and tells what is left, when asked to. */
process.on("message", () => {
  for (let pass = 0; pass < 4; pass++) globalThis.gc();
  const { heapUsed, external, rss } = process.memoryUsage();
  process.send({ heapUsed, external, rss });
});
process.channel.unref();
