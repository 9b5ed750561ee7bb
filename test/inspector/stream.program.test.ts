/** Live, read as a page reads it: server-sent events by fetch. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { encodeRequest } from '../../src/protocol/wire/encode-request.ts';
import { aClient, inputs } from '../support/inputs.ts';
import { rpcFor } from '../support/runtime.ts';
import { until } from '../support/until.ts';
import { type Inspected, startInspected, TOKEN } from './support.ts';

interface Message {
  readonly event: string;
  readonly id: string | undefined;
  readonly data: unknown;
}

class Stream {
  readonly status: number;
  #text = '';
  #isOver = false;
  readonly #abort: AbortController;

  constructor(status: number, body: ReadableStream<Uint8Array>, abort: AbortController) {
    this.status = status;
    this.#abort = abort;
    void this.#read(body);
  }

  get messages(): Message[] {
    return this.#text
      .split('\n\n')
      .slice(0, -1)
      .filter((block) => !block.startsWith(':'))
      .map((block) => {
        const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
        return { event: field('event') ?? '', id: field('id'), data: JSON.parse(field('data') ?? 'null') };
      });
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  of<T>(event: string): T[] {
    return this.messages.filter((message) => message.event === event).map(({ data }) => data as T);
  }

  get calls(): { seq: number; hook: string; clientid: string }[] {
    return this.of<{ seq: number; hook: string; clientid: string }[]>('calls').flat();
  }

  close(): void {
    this.#abort.abort();
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    try {
      for await (const chunk of body) this.#text += decoder.decode(chunk, { stream: true });
    } catch {
      // Closed by the test.
    }
    this.#isOver = true;
  }
}

async function openStream({ base }: Inspected, query = ''): Promise<Stream> {
  const abort = new AbortController();
  onTestFinished(() => abort.abort());
  const answer = await fetch(`${base}/api/stream${query}`, {
    headers: { authorization: `Bearer ${TOKEN}` },
    signal: abort.signal,
  });
  return new Stream(answer.status, answer.body as ReadableStream<Uint8Array>, abort);
}

async function connected({ broker }: Inspected, clientid: string): Promise<void> {
  const rpc = rpcFor('client.connected');
  const fields = { ...inputs()['client.connected'], clientinfo: aClient({ clientid }) };
  await broker.call(rpc.path, encodeRequest(rpc, fields));
}

describe('the stream', { timeout: 120_000 }, () => {
  it('shows calls as they happen, those that the filter wants, and goes on from the last id', async () => {
    const inspected = await startInspected({});
    await connected(inspected, 'before');
    const stream = await openStream(inspected, `?filter=${encodeURIComponent('client:c*')}`);
    await until('the stream begins', () => stream.of('start').length > 0);
    await connected(inspected, 'other');
    await connected(inspected, 'c1');
    await until('the call comes', () => stream.calls.length > 0);
    expect(stream.calls.map(({ clientid }) => clientid)).toEqual(['c1']);
    expect(stream.of('start')).toMatchObject([{ isResumed: false, last: 1 }]);
    const { id = '' } = stream.messages.findLast((message) => message.id !== undefined) ?? {};
    stream.close();
    await connected(inspected, 'c2');
    const next = await openStream(inspected, `?filter=client:c*&after=${id}`);
    await until('what was missed comes', () => next.calls.length > 0);
    expect(next.calls.map(({ clientid }) => clientid)).toEqual(['c2']);
    expect(next.of('start')).toMatchObject([{ isResumed: true }]);
    const stranger = await openStream(inspected, '?after=another-epoch.1');
    await until('it begins anew', () => stranger.of('start').length > 0);
    expect(stranger.of('start')).toMatchObject([{ isResumed: false, last: 4 }]);
  });

  it('tells what becomes of the events of calls that it has sent', async () => {
    const inspected = await startInspected({
      sinks: {
        bad: { http: { url: 'http://127.0.0.1:9/' }, queue: { retry: { min: '10ms', max: '20ms' } } },
      },
      events: { routes: [{ hooks: ['client.connected'], to: 'bad' }] },
    });
    const stream = await openStream(inspected);
    await until('the stream begins', () => stream.of('start').length > 0);
    await connected(inspected, 'c1');
    await until('its event is sent again', () =>
      stream
        .of<{ seq: number; events: { sinks: object }[] }[]>('states')
        .flat()
        .some(({ seq, events }) => seq === 1 && JSON.stringify(events).includes('retrying')),
    );
  });

  it('is open for five at a time, and a sixth is told so', async () => {
    const inspected = await startInspected({});
    const streams = [];
    for (let i = 0; i < 5; i++) streams.push(await openStream(inspected));
    expect(streams.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect((await openStream(inspected)).status).toBe(429);
    streams[0]?.close();
    await until(
      'a place is free',
      async () => (await inspected.get<{ viewers: { now: number } }>('/api/info')).viewers.now === 4,
    );
    expect((await openStream(inspected)).status).toBe(200);
  });

  it('ends with a word when the server stops, and does not hold it up', async () => {
    const inspected = await startInspected({});
    const stream = await openStream(inspected);
    await until('the stream begins', () => stream.of('start').length > 0);
    expect(await inspected.server.stop()).toEqual({ code: 0, signal: null });
    await until('the stream is over', () => stream.isOver);
    expect(stream.of('end')).toHaveLength(1);
  });

  it('refuses a filter that cannot be read, with its place', async () => {
    const inspected = await startInspected({});
    const answer = await fetch(
      `${inspected.base}/api/stream?filter=${encodeURIComponent('hook:x colour:red')}`,
      {
        headers: { authorization: `Bearer ${TOKEN}` },
      },
    );
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code: 'bad_request', where: { line: 1, column: 8 } });
  });
});
