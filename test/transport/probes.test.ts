import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { Health } from '../../src/transport/health.ts';
import { answerProbe } from '../../src/transport/probes.ts';

function probe(method: string, url: string, isServing: boolean): [number, string] | undefined {
  const health = new Health([]);
  health.isServing = isServing;
  let [code, text] = [0, ''];
  const response = {
    writeHead: (status: number) => {
      code = status;
    },
    end: (body: string) => {
      text = body;
    },
  };
  const isProbe = answerProbe(
    { method, url } as IncomingMessage,
    response as unknown as ServerResponse,
    health,
  );
  return isProbe ? [code, text] : undefined;
}

describe('a probe', () => {
  it.each([
    ['GET', '/healthz', true, [200, 'ok\n']],
    ['GET', '/healthz', false, [200, 'ok\n']],
    ['HEAD', '/healthz', true, [200, 'ok\n']],
    ['GET', '/readyz', true, [200, 'ok\n']],
    ['GET', '/readyz', false, [503, 'draining\n']],
    ['HEAD', '/readyz', false, [503, 'draining\n']],
    ['POST', '/readyz', true, undefined],
    ['GET', '/', true, undefined],
    ['GET', '/healthz/', true, undefined],
    ['GET', '/HEALTHZ', true, undefined],
  ])('%s %s with serving %s is answered %j', (method, url, isServing, expected) => {
    expect(probe(method, url, isServing)).toStrictEqual(expected);
  });
});
