/**
 * Serves `GET /healthz` (the process answers) and `GET /readyz` (it wants calls), for probes that do not speak gRPC.
 */
import type { ServerResponse } from 'node:http';
import type { Health } from './health.ts';
import type { AnyRequest, AnyResponse } from './http-message.ts';

/** Answers a probe; returns `false` if the request is not one. */
export function answerProbe(request: AnyRequest, response: AnyResponse, health: Health): boolean {
  if (request.method !== 'GET' && request.method !== 'HEAD') return false;
  if (request.url !== '/healthz' && request.url !== '/readyz') return false;
  const isFine = request.url === '/healthz' || health.isReady;
  const answer = response as ServerResponse;
  answer.writeHead(isFine ? 200 : 503, { 'content-type': 'text/plain; charset=utf-8' });
  answer.end(isFine ? 'ok\n' : health.isServing ? `not ready: ${health.obstacle}\n` : 'draining\n');
  return true;
}
