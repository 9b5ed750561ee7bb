/** Texts in Redis, each with a time to live that reading renews. Its client library is loaded here. */

import { createAdmission } from '../../lib/admission/admission.ts';
import { AdaptiveLimit } from '../../lib/admission/concurrency-limit.ts';
import { redisCode } from '../../lib/redis/code.ts';
import { withTimeLimit } from '../../lib/with-timeout.ts';
import { Failure } from '../../protocol/failure.ts';
import { createBreaker } from '../breaker.ts';
import { withCallerSignal } from '../deadline.ts';
import { createRedisLink, type RedisLink, type RedisLinkOptions } from './redis-link.ts';
import type { RecordStore, RecordWait } from './shared.ts';

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

/** Commands that are under way at once: at first, and at most while Redis keeps up with them. */
const FIRST_COMMANDS = 100;
const MAX_COMMANDS = 1000;
/** The part of the timeout that an answer may take before fewer commands are sent at once. */
const TOLERABLE = 1 / 8;

/** So many commands in a row without an answer on an open connection: the other end is gone, and did not say so. */
const SILENT = 3;

/** Begins to connect. Never fails: while Redis cannot be reached, the operations do. */
export async function openRedisRecords(options: RedisRecordsOptions): Promise<RecordStore> {
  const { ttl, timeout, now, host, port } = options;
  const link = await createRedisLink(options);
  const breaker = createBreaker({ failures: FAILURES, openFor: OPEN_FOR, busyFor: timeout, now });
  const admission = createAdmission({
    limit: new AdaptiveLimit({ max: MAX_COMMANDS, initial: FIRST_COMMANDS, tolerable: timeout * TOLERABLE }),
  });
  let unanswered = 0;

  async function ask(command: readonly string[], wait: RecordWait = {}): Promise<string | null> {
    const deadline = Math.min(wait.deadline ?? Number.POSITIVE_INFINITY, performance.now() + timeout);
    const bytes = command.reduce((sum, { length }) => sum + 2 * length, 0);
    return await admission.run(() => breaker.run(() => exchange(command)), { ...wait, deadline, bytes });
  }

  async function exchange(command: readonly string[]): Promise<string | null> {
    try {
      return await withTimeLimit(undefined, timeout, (signal) =>
        withCallerSignal(send(command, signal), signal),
      );
    } catch (error) {
      if (error instanceof Failure && error.code === 'lookup_timeout') countSilence(link);
      throw describe(error, `${host}:${port}`);
    }
  }

  /** An answer that comes too late is none for its caller, but the other end is there. */
  async function send(command: readonly string[], signal: AbortSignal): Promise<string | null> {
    const reply = await link.send(command, signal);
    unanswered = 0;
    return reply;
  }

  function countSilence(of: RedisLink): void {
    if (!of.isReady || ++unanswered < SILENT) return;
    unanswered = 0;
    of.reconnect();
  }

  return {
    async read(key, wait) {
      return (await ask(['GETEX', key, 'PX', String(ttl)], wait)) ?? undefined;
    },
    async write(key, text, wait) {
      await ask(['SET', key, text, 'PX', String(ttl)], wait);
    },
    async remove(key, wait) {
      await ask(['DEL', key], wait);
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
