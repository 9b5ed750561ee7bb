import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Delivery, makeDelivery, type Sink } from '../../../src/sink-contract.ts';
import { Http } from '../../../src/sinks/http/declaration.ts';
import { openHttp } from '../../../src/sinks/http/open.ts';
import { type Certificates, makeCertificates } from '../../support/certificates.ts';
import { type HttpService, startHttpService } from '../../support/servers/http.ts';
import { forever, optionsOf, sinkWorld } from '../options.ts';

const sinks: Sink[] = [];
let service: HttpService;

beforeEach(async () => {
  service = await startHttpService();
});
afterEach(async () => {
  await Promise.all(sinks.splice(0).map((sink) => sink.close()));
  await service.close();
});

async function open(options: object = {}, env: Record<string, string> = {}): Promise<Sink> {
  const url = `http://127.0.0.1:${service.port}/in`;
  const sink = await openHttp(optionsOf(Http, { url, ...options }), sinkWorld({ env }));
  sinks.push(sink);
  return sink;
}

async function write(sink: Sink, batch: readonly Delivery[], signal = forever) {
  return (await sink.write(batch, signal)) ?? undefined;
}

const many = (count: number, key: (i: number) => string = String) =>
  Array.from({ length: count }, (_, i) => makeDelivery({ key: key(i) }));

describe('http', () => {
  it('sends the method, the path, the query and the headers that are configured', async () => {
    const headers = { Authorization: { env: 'TOKEN' }, 'x-tenant': 'a b' };
    const sink = await open(
      { url: `http://127.0.0.1:${service.port}/in?x=1`, method: 'PUT', headers },
      { TOKEN: 'Bearer t' },
    );
    await write(sink, [makeDelivery({ target: 'c/1' })]);
    expect(service.taken).toMatchObject([
      { method: 'PUT', path: '/in/c/1?x=1', headers: { authorization: 'Bearer t', 'x-tenant': 'a b' } },
    ]);
  });

  it('keeps connections', async () => {
    const sink = await open({ requests: 1 });
    for (let i = 0; i < 5; i++) await write(sink, many(5));
    expect(service.taken).toHaveLength(25);
    // undici lets a turn of the event loop pass before it uses a connection again.
    expect(service.connections).toBeLessThanOrEqual(2);
  });

  it('takes no lost connection for a failure when the service has ended it between two requests', async () => {
    const sink = await open({ requests: 1 });
    await write(sink, many(1));
    await service.stop();
    await service.start();
    expect(await write(sink, many(1))).toBeUndefined();
  });

  it('limits concurrent requests, and sends those of one client one after the other', async () => {
    let underWay = 0;
    let most = 0;
    const sink = await open({ requests: 3 });
    service.answer = () => {
      most = Math.max(most, ++underWay);
      setImmediate(() => underWay--);
      return undefined;
    };
    await write(sink, many(30));
    expect(most).toBeLessThanOrEqual(3);
    most = 0;
    await write(
      sink,
      many(10, () => 'one'),
    );
    expect(most).toBe(1);
  });

  it('stops trying events of a client after a failure, and continues with the others', async () => {
    const batch = many(9, (i) => 'abc'.charAt(i % 3));
    const bad = batch[1]?.id ?? '';
    service.answer = ({ body }) => (body.includes(bad) ? { status: 500 } : undefined);
    const receipt = await write(await open(), batch);
    expect(receipt).toEqual({ rejected: [], unconfirmed: [1, 4, 7] });
    expect(service.taken).toHaveLength(6);
  });

  it.each([true, false])('does not follow a redirect (batch: %s)', async (batch) => {
    service.answer = () => ({ status: 307, headers: { location: 'http://127.0.0.1:1/elsewhere' } });
    const sink = await open({ batch });
    await expect(write(sink, many(2))).rejects.toThrow(
      /status 307: it redirects, and redirects are not followed/,
    );
  });

  it.each([true, false])('gives up on a service that does not answer (batch: %s)', async (batch) => {
    service.answer = () => 'hang';
    const sink = await open({ batch, timeout: '50ms' });
    await expect(write(sink, many(3))).rejects.toThrow(/no answer from 127\.0\.0\.1:\d+ within 50 ms/);
  });

  it('gives up when nobody waits any more', async () => {
    service.answer = () => 'hang';
    const abort = new AbortController();
    const writing = write(await open(), many(3), abort.signal);
    setTimeout(() => abort.abort(), 20);
    await expect(writing).rejects.toThrow(/was cancelled/);
  });

  it('confirms nothing when the answer is lost', async () => {
    service.answer = () => 'lose';
    await expect(write(await open(), many(1))).rejects.toThrow(/no answer from 127\.0\.0\.1:\d+: ECONNRESET/);
    expect(service.taken).toHaveLength(1);
  });

  it('leaves a service alone that asks for it, and says how long', async () => {
    service.answer = () => ({ status: 503, headers: { 'retry-after': '7' } });
    const sink = await open();
    await expect(write(sink, many(1))).rejects.toThrow(/status 503/);
    await expect(write(sink, many(1))).rejects.toThrow(/asked for a pause of 7 s more \(Retry-After\)/);
    expect(service.seen).toHaveLength(1);
  });

  it.each([-3_600_000, 3_600_000])(
    'leaves a service alone for as long as it asked, when the wall clock is set by %s ms meanwhile',
    async (step) => {
      const real = Date.now;
      const now = vi.spyOn(Date, 'now').mockImplementation(() => real());
      onTestFinished(() => now.mockRestore());
      service.answer = () => ({ status: 503, headers: { 'retry-after': '60' } });
      const sink = await open();
      await expect(write(sink, many(1))).rejects.toThrow(/status 503/);
      now.mockImplementation(() => real() + step);
      await expect(write(sink, many(1))).rejects.toThrow(/asked for a pause of [1-6]?\d s more/);
    },
  );

  it('sends nothing else of a batch after it was asked to wait', async () => {
    service.answer = () => ({ status: 429, headers: { 'retry-after': '60' } });
    await expect(write(await open({ requests: 1 }), many(20))).rejects.toThrow(
      /status 429: it accepts no more for now/,
    );
    expect(service.seen).toHaveLength(1);
  });

  it('waits no longer than it may be made to', async () => {
    service.answer = () => ({ status: 429, headers: { 'retry-after': '86400' } });
    const sink = await open({ maxRetryAfter: 0 });
    await expect(write(sink, many(1))).rejects.toThrow(/429/);
    service.answer = () => undefined;
    expect(await write(sink, many(1))).toBeUndefined();
  });

  it('sends structured events together, and anything else alone', async () => {
    const sink = await open({ batch: true });
    await write(sink, many(10));
    expect(service.taken).toHaveLength(1);
    await write(sink, [makeDelivery(), makeDelivery({ format: 'binary' })]);
    await write(sink, [makeDelivery(), makeDelivery({ target: 'x' })]);
    expect(service.taken).toHaveLength(5);
  });

  it('finds the event that a batch is refused for in a few requests, and keeps the order of the others', async () => {
    const batch = many(64, () => 'one');
    const bad = batch[40]?.id ?? '';
    service.answer = ({ body }) => (body.includes(bad) ? { status: 400 } : undefined);
    const receipt = await write(await open({ batch: true }), batch);
    expect(receipt).toEqual({ rejected: [{ index: 40, reason: 'the service refused it with status 400' }] });
    expect(service.seen.length).toBeLessThanOrEqual(2 * Math.log2(64) + 1);
    const ids = service.taken.flatMap(({ body }) => [JSON.parse(body.toString())].flat().map(({ id }) => id));
    expect(ids).toEqual(batch.map(({ id }) => id).filter((id) => id !== bad));
  });

  it('tries nothing of a batch any more once a part of it has failed', async () => {
    const batch = many(4, () => 'one');
    service.answer = ({ body }) => (body.includes(batch[3]?.id ?? '') ? { status: 400 } : { status: 503 });
    await expect(write(await open({ batch: true }), batch)).rejects.toThrow(/status 503/);
    expect(service.seen).toHaveLength(2);
  });

  it('signs its requests', async () => {
    const sink = await open({ signature: { secret: { env: 'SECRET' } } }, { SECRET: 'whsec_c2VjcmV0' });
    const delivery = makeDelivery({ idPrefix: 'ä ' });
    await write(sink, [delivery]);
    const headers = service.taken[0]?.headers ?? {};
    expect(headers['webhook-id']).toBe(`%C3%A4%20${delivery.id.slice(2)}`);
    expect(headers['webhook-signature']).toMatch(/^v1,[\w+/]{43}=$/);
  });

  it('names the header or secret that cannot be read, not its value', async () => {
    await expect(open({ headers: { authorization: { env: 'NONE' } } })).rejects.toThrow(
      'environment variable NONE is not set',
    );
    await expect(open({ headers: { 'x-a': 'sec\nret' } })).rejects.toThrow(
      'headers.x-a contains characters that headers may not have: use visible ASCII',
    );
  });

  it('checks with a request without an event', async () => {
    const sink = await open();
    service.answer = ({ method }) => ({ status: method === 'HEAD' ? 405 : 204 });
    await sink.check?.();
    expect(service.taken).toHaveLength(0);
    service.answer = () => ({ status: 500 });
    await expect(sink.check?.()).rejects.toThrow(/returned status 500: the service reports an error/);
  });
});

describe('http with TLS', () => {
  let certificates: Certificates;
  let tlsService: HttpService;

  beforeAll(async () => {
    certificates = await makeCertificates();
    const { cert, key, ca } = certificates.server;
    const [certText, keyText, caText] = await Promise.all([cert, key, ca].map((path) => readFile(path)));
    tlsService = await startHttpService({
      cert: certText ?? '',
      key: keyText ?? '',
      ca: caText ?? '',
      requestCert: true,
      rejectUnauthorized: true,
    });
  });
  afterAll(async () => {
    await tlsService?.close();
    await certificates?.remove();
  });

  const openTls = (tls: object | boolean) => open({ url: `https://127.0.0.1:${tlsService.port}/`, tls });

  it('presents a certificate and verifies the certificate of the service', async () => {
    const { ca, client } = certificates;
    expect(await write(await openTls({ ca, ...client }), many(3))).toBeUndefined();
    expect(tlsService.taken).toHaveLength(3);
  });

  it('sends nothing to a service that nobody vouches for', async () => {
    const { client, otherCa } = certificates;
    await expect(write(await openTls({ ca: otherCa, ...client }), many(1))).rejects.toThrow(
      /no answer from 127\.0\.0\.1:\d+: [A-Z_]*CERT[A-Z_]*/,
    );
    await expect((await openTls(true)).check?.()).rejects.toThrow(/no answer from .*: [A-Z_]+/);
  });

  it('sends nothing to a service with another name', async () => {
    const { ca, client } = certificates;
    const sink = await openTls({ ca, ...client, serverName: 'elsewhere.example' });
    await expect(write(sink, many(1))).rejects.toThrow(/ERR_TLS_CERT_ALTNAME_INVALID/);
  });

  it('reports a file that is missing or invalid', async () => {
    const { ca, client, server } = certificates;
    await expect(openTls({ ca: '/nowhere/ca.pem' })).rejects.toThrow('cannot read /nowhere/ca.pem: ENOENT');
    await expect(openTls({ ca: client.key.replace('client.key', 'client.csr') })).rejects.toThrow(
      'tls.ca is not a PEM file: it contains no certificate',
    );
    await expect(openTls({ ca, cert: client.cert, key: server.key })).rejects.toThrow(
      /tls\.cert and tls\.key do not match/,
    );
  });
});
