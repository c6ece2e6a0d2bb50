import { createServer } from "node:http";
import { createClient } from "redis";

const port = Number(process.env.PORT ?? 3000);
const redis = createClient({ url: process.env.REDIS_URL });
redis.on("error", (error) => console.error("redis:", error.message));
await redis.connect();

const server = createServer(async (request, response) => {
  try {
    if (request.url === "/healthz") {
      await redis.ping();
      response.writeHead(200, { "content-type": "application/json" });
      response.end('{"status":"ok"}');
      return;
    }
    const visits = await redis.incr("visits");
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
    response.end(`<h1>Visits: ${visits}</h1><p>Change <code>server.js</code> and deploy again.</p>`);
  } catch (error) {
    console.error(error);
    response.writeHead(503);
    response.end("redis does not answer");
  }
});

server.listen(port, "0.0.0.0", () => console.log(`listening on ${port}`));

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, () => server.close(() => redis.quit().finally(() => process.exit(0))));
}
