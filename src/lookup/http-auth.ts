/**
 * Asks an existing HTTP service in EMQX's form whether a client may log in, or do something: with a time
 * limit, retries within it, and a circuit breaker.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../failure.ts';
import { type HttpVerdict, readHttpAnswer } from '../policy/auth-answer.ts';
import type { TextValues } from '../policy/text-template.ts';
import { type BreakerOptions, type BreakerState, createBreaker } from './breaker.ts';
import { withTimeLimit } from './deadline.ts';
import { createHttpClient, type HttpClientOptions } from './http-client.ts';
import { type BuiltRequest, compileRequest, type RequestTemplates } from './http-request.ts';

export interface HttpAuthOptions extends RequestTemplates, HttpClientOptions {
  /** Longest wait for an answer, retries included. Default: 3,000 ms, within EMQX's `request_timeout` of 5 s. */
  readonly timeout?: number;
  /** Further attempts after a failure; each gets its share of the time. Default: 1. */
  readonly retries?: number;
  readonly breaker?: Omit<BreakerOptions, 'now'>;
  /** Take a broken answer (5xx, a body that is none) as "ignore", as EMQX does. Default: false, a failure. */
  readonly ignoreBroken?: boolean;
  /** Wall clock, for the `expire_at` of an answer: milliseconds since 1970. */
  readonly now: () => number;
  /** Milliseconds that never go back; only differences count. */
  readonly monotonic: () => number;
  /** From 0 to 1; spreads retries. */
  readonly random: () => number;
}

export interface HttpAuth {
  /**
   * The service's verdict.
   *
   * @throws Failure `lookup_timeout` or `lookup_failed`; the message names host and cause, no value.
   */
  ask(values: TextValues, signal?: AbortSignal): Promise<HttpVerdict>;
  readonly breakerState: BreakerState;
  close(): void;
}

/** First pause before a retry; it doubles. Short, because a client is waiting. */
const FIRST_PAUSE = 50;

/**
 * Prepares the look-up.
 *
 * @throws TypeError when the templates are wrong.
 */
export function createHttpAuth(options: HttpAuthOptions): HttpAuth {
  const { timeout = 3000, retries = 1, ignoreBroken = false, now, monotonic, random } = options;
  const build = compileRequest(options);
  const client = createHttpClient(options);
  const breaker = createBreaker({ ...options.breaker, now: monotonic });

  async function attempt(request: BuiltRequest, signal: AbortSignal): Promise<HttpVerdict> {
    const verdict = readHttpAnswer(await client.request({ ...request, signal }));
    if (!('problem' in verdict)) return verdict;
    if (ignoreBroken) return { result: 'ignore' };
    throw new Failure('lookup_failed', `no usable answer from ${build.host}: ${verdict.problem}`);
  }

  async function persist(request: BuiltRequest, signal: AbortSignal, until: number): Promise<HttpVerdict> {
    for (let left = retries; ; left--) {
      // A silent service leaves time for the next attempt.
      const share = Math.max(1, Math.ceil((until - monotonic()) / (left + 1)));
      try {
        return await breaker.run(() => withTimeLimit(signal, share, (limited) => attempt(request, limited)));
      } catch (error) {
        const pause = FIRST_PAUSE * 2 ** (retries - left) * (0.5 + random() / 2);
        const isHopeless =
          left === 0 || signal.aborted || breaker.state === 'open' || monotonic() + pause >= until;
        if (isHopeless) throw error;
        await sleep(pause);
      }
    }
  }

  return {
    async ask(values, signal) {
      const request = build(values);
      if (request === undefined) return { result: 'deny' };
      const verdict = await withTimeLimit(signal, timeout, (limited) =>
        persist(request, limited, monotonic() + timeout),
      );
      return isOver(verdict, now()) ? { result: 'deny' } : verdict;
    },
    get breakerState() {
      return breaker.state;
    },
    close: () => client.close(),
  };
}

/** Whether the answer had ended before it was given. */
function isOver(verdict: HttpVerdict, now: number): boolean {
  return verdict.result === 'allow' && verdict.expireAt !== undefined && verdict.expireAt * 1000 <= now;
}
