import { afterAll, beforeAll, describe } from 'vitest';
import type { Delivery, Received } from '../../../src/sink-contract.ts';
import { Http } from '../../../src/sinks/http/declaration.ts';
import { openHttp } from '../../../src/sinks/http/open.ts';
import { type HttpService, startHttpService, type Taken } from '../../support/servers/http.ts';
import { itKeepsTheContract, ours } from '../contract.ts';
import { optionsOf, sinkWorld } from '../options.ts';

const TOKEN = 'a-secret-token';

describe.each([
  ['a request for each event', false],
  ['structured events in batches', true],
])('http, %s', (_, batch) => {
  let service: HttpService;

  beforeAll(async () => {
    service = await startHttpService();
    service.answer = ({ headers, body }) => {
      if (headers.authorization !== TOKEN) return { status: 401 };
      return body.includes('"refuse":true') ? { status: 422 } : undefined;
    };
  });
  afterAll(() => service.close());

  const open = (options: object = {}) => {
    const url = `http://127.0.0.1:${service.port}/events?source=test`;
    const written = { url, batch, headers: { Authorization: { env: 'TOKEN' } }, timeout: '1s', ...options };
    return openHttp(optionsOf(Http, written), sinkWorld({ env: { TOKEN } }));
  };

  itKeepsTheContract(
    ours(
      {
        open,
        read: async () => service.taken.flatMap(readTaken),
        server: {
          start: () => service.start(),
          stop: () => service.stop(),
          kill: () => service.kill(),
        },
        ordering: 'per-key',
        duplicates: 'possible',
        refuse,
        hasTargets: true,
        broken: [
          {
            title: 'the credentials are wrong',
            open: () => open({ headers: { authorization: 'another-secret' } }),
            says: /returned status 401: the credentials are wrong: see headers/,
            secrets: ['another-secret'],
          },
          {
            title: 'the host is not there',
            open: () => open({ url: 'http://nowhere.invalid/x' }),
            says: /no answer from nowhere\.invalid: (ENOTFOUND|EAI_AGAIN)/,
          },
        ],
      },
      { asksAtOnce: true },
    ),
  );
});

function refuse(delivery: Delivery): Delivery {
  const text = Buffer.from(delivery.body).toString().replace('{', '{"refuse":true,');
  return { ...delivery, body: Buffer.from(text) };
}

/** As a receiver reads it that follows the HTTP binding. */
function readTaken({ headers, body }: Taken): Received[] {
  const contentType = headers['content-type'] ?? '';
  if (contentType === 'application/cloudevents-batch+json') {
    const events = JSON.parse(body.toString()) as { id: string }[];
    return events.map((event) => ({ id: event.id, body: Buffer.from(JSON.stringify(event)) }));
  }
  if (contentType === 'application/cloudevents+json')
    return [{ id: (JSON.parse(body.toString()) as { id: string }).id, contentType, body }];
  const attributes = Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => name.startsWith('ce-'))
      .map(([name, value]) => [name.slice(3), decodeURIComponent(String(value))]),
  );
  return [{ id: attributes.id, contentType, body, ...(attributes.id !== undefined && { attributes }) }];
}
