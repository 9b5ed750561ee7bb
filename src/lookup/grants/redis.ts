/** Keeps texts in Redis, each with a time to live that reading renews. Loads the Redis client library. */

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
  /** How long an unread record is kept, in milliseconds. */
  readonly ttl: number;
  /** Timeout for an answer and for a connection, in milliseconds. */
  readonly timeout: number;
  /** Milliseconds; only differences count. */
  readonly now: () => number;
}

/** Consecutive failures after which all requests fail at once for a while, instead of after the timeout. */
const FAILURES = 5;
const OPEN_FOR = 1000;

/** Concurrent commands: at first, and at most while Redis keeps up. */
const FIRST_COMMANDS = 100;
const MAX_COMMANDS = 1000;
/** Fraction of the timeout that an answer may take before fewer commands are sent concurrently. */
const TOLERABLE = 1 / 8;

/** Consecutive unanswered commands on an open connection after which the peer counts as gone. */
const SILENT = 3;

/** Begins to connect. Never fails: while Redis is unreachable, the operations fail. */
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

  /** A late answer is useless for its caller but shows that the peer is alive. */
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

/** Names the place and a code: Redis's own text may quote a command. */
function describe(error: unknown, place: string): Failure {
  if (error instanceof Failure) return error.code === 'lookup_timeout' ? late(place) : error;
  return new Failure('lookup_failed', `Redis at ${place} rejected the command (${redisCode(error)})`);
}

function late(place: string): Failure {
  return new Failure('lookup_timeout', `no answer from Redis at ${place} in time`);
}
