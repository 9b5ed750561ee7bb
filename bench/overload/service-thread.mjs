/** Handles one request after the other, and cancels none. */
import { createServer } from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';

const { perSecond, answer } = workerData;
const stored = [];
let freeAt = 0;

const server = createServer((request, response) => {
  request.resume();
  freeAt = Math.max(performance.now(), freeAt) + 1000 / perSecond;
  setTimeout(() => {
    if (request.headers['ce-id'] !== undefined) stored.push(request.headers['ce-id']);
    response.writeHead(200, { 'content-type': 'application/json' }).end(answer);
  }, freeAt - performance.now());
});

server.listen(0, '127.0.0.1', () => parentPort.postMessage({ port: server.address().port }));
parentPort.on('message', () => parentPort.postMessage(stored));
