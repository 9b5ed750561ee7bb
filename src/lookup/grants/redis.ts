/** Texts in Redis, each with a time to live that reading renews. Its client library is loaded here. */
import { Failure } from '../../failure.ts';
import { createBreaker } from '../breaker.ts';
import { withSignal, withTimeLimit } from '../deadline.ts';
import { createRedisLink, type RedisLink, type RedisLinkOptions } from './redis-link.ts';
import type { RecordStore } from './shared.ts';

export interface RedisRecordsOptions extends RedisLinkOptions {
  /** How long what nobody reads is kept, in milliseconds. */
  readonly ttl: number;
  /** The longest wait for an answer, and for a connection, in milliseconds. */
  readonly timeout: number;
  /** Milliseconds; only differences count. */
  readonly now: () => number;
}

/** So many failures in a row, and everybody is answered at once for a while instead of after the timeout. */
const FAILURES = 5;
const OPEN_FOR = 1000;

/** So many commands in a row without an answer on an open connection: the other end is gone, and did not say so. */
const SILENT = 3;

/** Begins to connect. Never fails: while Redis cannot be reached, the operations do. */
export async function openRedisRecords(options: RedisRecordsOptions): Promise<RecordStore> {
  const { ttl, timeout, now, host, port } = options;
  const link = await createRedisLink(options);
  const breaker = createBreaker({ failures: FAILURES, openFor: OPEN_FOR, now });
  let unanswered = 0;

  async function ask(...command: readonly string[]): Promise<string | null> {
    try {
      const reply = await breaker.run(() =>
        withTimeLimit(undefined, timeout, (signal) => withSignal(link.send(command, signal), signal)),
      );
      unanswered = 0;
      return reply;
    } catch (error) {
      if (error instanceof Failure && error.code === 'lookup_timeout') countSilence(link);
      throw describe(error, `${host}:${port}`);
    }
  }

  function countSilence(of: RedisLink): void {
    if (!of.isReady || ++unanswered < SILENT) return;
    unanswered = 0;
    of.reconnect();
  }

  return {
    async read(key) {
      return (await ask('GETEX', key, 'PX', String(ttl))) ?? undefined;
    },
    async write(key, text) {
      await ask('SET', key, text, 'PX', String(ttl));
    },
    async remove(key) {
      await ask('DEL', key);
    },
    get isConnected() {
      return link.isReady;
    },
    close: () => link.close(),
  };
}

/** Names the place and a code; what Redis says may quote a command. */
function describe(error: unknown, place: string): Failure {
  if (error instanceof Failure) return error.code === 'lookup_timeout' ? late(place) : error;
  return new Failure('lookup_failed', `Redis at ${place} did not do what it was asked (${redisCode(error)})`);
}

function late(place: string): Failure {
  return new Failure('lookup_timeout', `no answer from Redis at ${place} in time`);
}

/** `WRONGPASS`, `READONLY`, `ECONNREFUSED`: the word in front of an answer of Redis, or the code or kind of an error. */
export function redisCode(error: unknown): string {
  const { code, name, message } = error as NodeJS.ErrnoException;
  const [word] = /^[A-Z]{2,}(?= )/.exec(message) ?? [];
  return code ?? word ?? name;
}
