/** A worker asks its supervisor for a page. */
import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { metrics } from '../../../src/app/admin/metrics.ts';
import type { AdminSource } from '../../../src/app/admin/page.ts';
import { makePage } from '../../../src/app/admin/page-service.ts';
import { askSupervisor, type Channel, type PageWanted } from '../../../src/app/admin/worker-channel.ts';

class FakeChannel extends EventEmitter implements Channel {
  readonly sent: PageWanted[] = [];
  send(message: object, _handle: undefined, _options: undefined, done: (error: Error | null) => void) {
    this.sent.push(message as PageWanted);
    done(null);
    return true;
  }
}

const answer = (body: string) => ({ status: 200, type: 'text/plain', body });
const HOUR = 3_600_000;

describe('a worker', () => {
  it('returns each answer to the process that asked', async () => {
    const channel = new FakeChannel();
    const { ask } = askSupervisor(channel, HOUR);
    const both = Promise.all([ask(metrics), ask(metrics)]);
    const [first, second] = channel.sent;
    expect(first).toStrictEqual({ exhook: 'page', id: 1, path: '/metrics' });
    channel.emit('message', { exhook: 'ask', id: 1, what: 'ready' });
    channel.emit('message', { exhook: 'page-made', id: 99, answer: answer('nobody') });
    channel.emit('message', { exhook: 'page-made', id: second?.id, answer: answer('two') });
    channel.emit('message', { exhook: 'page-made', id: first?.id, answer: answer('one') });
    expect((await both).map(({ body }) => body)).toStrictEqual(['one', 'two']);
  });

  it('does not wait for a supervisor that is silent', async () => {
    const { ask } = askSupervisor(new FakeChannel(), 1);
    expect(await ask(metrics)).toMatchObject({ status: 503, body: expect.stringMatching(/supervisor/) });
  });

  it.each<[string, Channel]>([
    ['has gone', new EventEmitter() as unknown as Channel],
    [
      'cannot be told',
      Object.assign(new FakeChannel(), {
        send: (_message: object, _handle: undefined, _options: undefined, done: (error: Error) => void) => {
          done(new Error('channel closed'));
          return false;
        },
      }) as Channel,
    ],
  ])('answers at once when its supervisor %s', async (_what, channel) => {
    expect(await askSupervisor(channel, HOUR).ask(metrics)).toMatchObject({ status: 503 });
  });

  it('hears nothing more when it is closed', () => {
    const channel = new FakeChannel();
    askSupervisor(channel).close();
    expect(channel.listenerCount('message')).toBe(0);
  });
});

describe('a supervisor', () => {
  const lines: string[] = [];
  const log = { error: (...args: unknown[]) => void lines.push(String(args.at(-1))) } as never;
  const source = {
    metrics: async () => ({ contentType: 'text/plain', text: 'up 1\n' }),
    hooks: () => Promise.reject(new Error('the inner reason')),
  } as Partial<AdminSource> as AdminSource;

  it('makes pages, and says so when it cannot', async () => {
    expect(await makePage({ path: '/metrics' }, source, log)).toStrictEqual(answer('up 1\n'));
    expect(await makePage({ path: '/etc/passwd' }, source, log)).toMatchObject({ status: 404 });
    expect(lines).toStrictEqual([]);
    const failed = await makePage({ path: '/hooksz' }, source, log);
    expect([failed.status, failed.body]).toStrictEqual([500, 'this page failed; the log has the reason\n']);
    expect(lines).toStrictEqual(['a page for a worker failed']);
  });
});
