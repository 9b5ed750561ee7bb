import { JetStreamApiError } from '@nats-io/jetstream';
import { createInbox, errors, headers, type Msg, type NatsConnection } from '@nats-io/transport-node';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Publisher } from '../../../src/sinks/nats/publisher.ts';

interface Status {
  readonly type: string;
  readonly error?: Error;
}

/** A connection that sends nowhere, and on which the test answers. */
function aConnection() {
  const sent: { subject: string; reply: string }[] = [];
  const statuses: Status[] = [];
  let wake = () => {};
  let close: (error?: Error) => void = () => {};
  const closed = new Promise<Error | undefined>((resolve) => {
    close = resolve;
  });
  let callback: (error: Error | null, message: Msg) => void = () => {};
  const connection = {
    subscribe(_subject: string, options: { callback: typeof callback }) {
      callback = options.callback;
    },
    publish(subject: string, body: Uint8Array, { reply }: { reply: string }) {
      if (body.length > 10) throw errors.InvalidArgumentError.format('payload', 'max_payload size exceeded');
      sent.push({ subject, reply });
    },
    closed: () => closed,
    async *status() {
      for (;;) {
        const next = statuses.shift();
        if (next !== undefined) yield next;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    },
  } as unknown as NatsConnection;
  return {
    sent,
    close,
    publisher: new Publisher({
      connection,
      timeout: 1_000,
      core: { createInbox, errors },
      jetstream: { JetStreamApiError },
    }),
    tell(status: Status) {
      statuses.push(status);
      wake();
    },
    deny: (error: Error) => callback(error, {} as Msg),
    answer(index: number, body: object | string, code?: number) {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      const { reply = '' } = sent[index] ?? {};
      const message = {
        subject: reply,
        data: Buffer.from(text),
        headers: code === undefined ? undefined : { code },
        json: () => JSON.parse(text),
      };
      callback(null, message as unknown as Msg);
    },
  };
}

const stored = { stream: 'S', seq: 1 };
const outcomeOf = (promise: Promise<void>) =>
  promise.then(
    () => 'stored',
    ({ name }: Error) => name,
  );

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a publisher', () => {
  const publish = ({ publisher }: ReturnType<typeof aConnection>, subject = 'a', bytes = 1) =>
    outcomeOf(publisher.publish(subject, new Uint8Array(bytes), headers()));

  it.each([
    ['that a stream has it', stored, undefined, 'stored'],
    ['an error', { error: { code: 400, err_code: 10060, description: 'x' } }, undefined, 'JetStreamApiError'],
    ['that nobody listens', '', 503, 'NoResponders'],
    ['what is no JSON', 'nonsense', undefined, 'Error'],
    ['without the name of a stream', {}, undefined, 'Error'],
  ] as const)('tells when the answer says %s', async (_what, body, code, expected) => {
    const given = aConnection();
    const outcome = publish(given);
    given.answer(0, body, code);
    expect(await outcome).toBe(expected);
  });

  it('tells answers apart, in whatever order they come', async () => {
    const given = aConnection();
    const both = [publish(given, 'a'), publish(given, 'b')];
    given.answer(1, { error: { code: 503, err_code: 10077, description: 'x' } });
    given.answer(0, stored);
    expect(await Promise.all(both)).toEqual(['stored', 'JetStreamApiError']);
  });

  it('waits for an answer for as long as was said, from when each was sent', async () => {
    const given = aConnection();
    const first = publish(given);
    await vi.advanceTimersByTimeAsync(600);
    const second = publish(given);
    await vi.advanceTimersByTimeAsync(401);
    expect(await first).toBe('TimeoutError');
    given.answer(1, stored);
    expect(await second).toBe('stored');
    const third = publish(given);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await third).toBe('TimeoutError');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('takes a late answer for nobody else’s', async () => {
    const given = aConnection();
    const late = publish(given);
    await vi.advanceTimersByTimeAsync(1_100);
    expect(await late).toBe('TimeoutError');
    const next = publish(given);
    given.answer(0, stored);
    given.answer(1, { error: { code: 503, err_code: 10077, description: 'x' } });
    expect(await next).toBe('JetStreamApiError');
  });

  it('tells one sender at a time when the server refuses a subject, and no other subject’s', async () => {
    const given = aConnection();
    const [first, second, other] = [publish(given, 'no'), publish(given, 'no'), publish(given, 'yes')];
    const refusal = new errors.PermissionViolationError('x', 'publish', 'no');
    given.tell({ type: 'error', error: refusal });
    await vi.advanceTimersByTimeAsync(1);
    given.answer(1, stored);
    given.answer(2, stored);
    expect(await Promise.all([first, second, other])).toEqual([
      'PermissionViolationError',
      'stored',
      'stored',
    ]);
  });

  it('fails all when answers may not be listened to', async () => {
    const given = aConnection();
    const both = [publish(given), publish(given)];
    given.deny(new errors.PermissionViolationError('x', 'subscription', '_INBOX.x.*'));
    expect(await Promise.all(both)).toEqual(['PermissionViolationError', 'PermissionViolationError']);
  });

  it.each([
    ['is lost', (given: ReturnType<typeof aConnection>) => given.tell({ type: 'disconnect' })],
    ['has closed', (given: ReturnType<typeof aConnection>) => given.close()],
  ])('fails all when the connection %s', async (_how, end) => {
    const given = aConnection();
    const both = [publish(given), publish(given)];
    end(given);
    await vi.advanceTimersByTimeAsync(1);
    expect(await Promise.all(both)).toEqual(['ClosedConnectionError', 'ClosedConnectionError']);
  });

  it('fails at once for a message that cannot be sent', async () => {
    const given = aConnection();
    expect(await publish(given, 'a', 11)).toBe('InvalidArgumentError');
    expect(vi.getTimerCount()).toBe(0);
  });
});
