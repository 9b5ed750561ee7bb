/** A slow login service: it answers when told to. */
import { createServer } from 'node:http';

export async function startSlowService() {
  const waiting = [];
  let notify = () => {};
  const server = createServer((request, response) => {
    request.resume();
    waiting.push(response);
    notify();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/login`,
    /** Resolves when a request is waiting. */
    async asked() {
      if (waiting.length === 0) await new Promise((resolve) => (notify = resolve));
    },
    allow() {
      for (const response of waiting.splice(0)) {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end('{"result":"allow"}');
      }
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
