/**
 * Asks an HTTP service in EMQX's format whether a client may log in or perform an action: with adaptive
 * concurrency, a time limit, retries within it, and a circuit breaker.
 */

import { type AdmissionRequest, createAdmission } from '../../lib/admission/admission.ts';
import { AdaptiveLimit } from '../../lib/admission/concurrency-limit.ts';
import { RetryBudget } from '../../lib/admission/retry-budget.ts';
import { backoff, jitter } from '../../lib/backoff.ts';
import type { CircuitState } from '../../lib/circuit-breaker.ts';
import { sleep } from '../../lib/sleep.ts';
import { withTimeLimit } from '../../lib/with-timeout.ts';
import { type HttpProblem, type HttpVerdict, readHttpAnswer } from '../../policy/login/auth-answer.ts';
import type { TextValues } from '../../policy/text/text-template.ts';
import { Failure } from '../../protocol/failure.ts';
import { type BreakerOptions, createBreaker } from '../breaker.ts';
import { AnswerTooLarge, type HttpClientOptions, openHttpClient } from './http-client.ts';
import { type BuiltRequest, compileRequest, type RequestTemplates } from './request.ts';

export interface HttpAuthOptions extends RequestTemplates, HttpClientOptions {
  /**
   * Time limit for an answer, including queueing and retries. Default: 3,000 ms, within EMQX's
   * `request_timeout` of 5 s.
   */
  readonly timeout?: number;
  /**
   * Retries after a failure; they share the time limit. None while other look-ups wait, and only as a
   * fraction of all attempts. Default: 1.
   */
  readonly retries?: number;
  readonly breaker?: Omit<BreakerOptions, 'now'>;
  /** Treat a broken answer (5xx, or an invalid body) as "ignore", like EMQX. Default: false, a failure. */
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
   * Returns the service's verdict. A request that was sent is awaited even when the signal ends or the
   * deadline passes, because the service works on it anyway.
   *
   * @throws Failure `overloaded`, `lookup_timeout` or `lookup_failed`; the message names host and cause, no
   * value.
   */
  ask(values: TextValues, request?: AdmissionRequest): Promise<HttpVerdict>;
  readonly breakerState: CircuitState;
  close(): void;
}

/** First pause before a retry; it doubles. Short, because a client is waiting. */
const FIRST_PAUSE = 50;

/** Fraction of the time limit that an answer may take before fewer requests are sent concurrently. */
const TOLERABLE = 1 / 8;

const DEFAULT_CONNECTIONS = 32;

/**
 * Prepares the look-up. Await it before the port opens: it loads the HTTP client.
 *
 * @throws TypeError when the templates are invalid.
 */
export async function openHttpAuth(options: HttpAuthOptions): Promise<HttpAuth> {
  const { timeout = 3000, retries = 1, ignoreBroken = false, now, monotonic, random } = options;
  const { maxSockets = DEFAULT_CONNECTIONS } = options;
  const build = compileRequest(options);
  const client = await openHttpClient({ ...options, maxSockets, connectTimeout: timeout });
  const breaker = createBreaker({ busyFor: timeout, ...options.breaker, now: monotonic });
  const limit = new AdaptiveLimit({ max: maxSockets, tolerable: timeout * TOLERABLE });
  const admission = createAdmission({ limit });
  const budget = new RetryBudget();

  async function attempt(request: BuiltRequest, signal: AbortSignal): Promise<HttpVerdict | Failure> {
    const verdict = await client.request({ ...request, signal }).then(readHttpAnswer, readTooLarge);
    if (!('problem' in verdict)) return verdict;
    if (ignoreBroken) return { result: 'ignore', isBroken: true };
    if (verdict.isOverloaded)
      throw new Failure('overloaded', `${build.host} is overloaded: ${verdict.problem}`);
    const failure = new Failure('lookup_failed', `no usable answer from ${build.host}: ${verdict.problem}`);
    // The service works and would give the same answer again: do not open the circuit, do not retry.
    if (verdict.isUnusable) return failure;
    throw failure;
  }

  async function persist(
    request: BuiltRequest,
    signal: AbortSignal,
    until: number,
  ): Promise<HttpVerdict | Failure> {
    for (let tried = 0; ; tried++) {
      // While others wait, a retry would take the turn of one of them.
      const left = admission.waiting > 0 ? 0 : retries - tried;
      // Leaves time for the next attempt when the service does not answer.
      const share = Math.max(1, Math.ceil((until - monotonic()) / (left + 1)));
      try {
        const verdict = await breaker.run(() =>
          withTimeLimit(signal, share, (limited) => attempt(request, limited)),
        );
        budget.succeeded();
        return verdict;
      } catch (error) {
        const pause = jitter(backoff(tried + 1, { first: FIRST_PAUSE }), random());
        const isHopeless =
          left <= 0 ||
          admission.waiting > 0 ||
          signal.aborted ||
          breaker.state === 'open' ||
          monotonic() + pause >= until;
        if (isHopeless || !budget.take()) throw error;
        await sleep(pause);
      }
    }
  }

  return {
    async ask(values, { deadline = Number.POSITIVE_INFINITY, ...rest } = {}) {
      // Built when its turn comes: under overload, most requests never get one.
      const look = async (): Promise<HttpVerdict | Failure> => {
        const request = build(values);
        if (request === undefined) return { result: 'deny' };
        const end = monotonic() + timeout;
        return await withTimeLimit(undefined, timeout, (limited) => persist(request, limited, end));
      };
      const until = Math.min(deadline, performance.now() + timeout);
      const verdict = await admission.run(look, { ...rest, deadline: until });
      if (verdict instanceof Failure) throw verdict;
      const reason = verdict.result === 'allow' ? findExpiryProblem(verdict.expireAt, now()) : undefined;
      return reason === undefined ? verdict : { result: 'deny', reason };
    },
    get breakerState() {
      return breaker.state;
    },
    close: () => client.close(),
  };
}

/**
 * For an answer that is too large only the status counts; with 200 it is unusable. @throws any other error
 */
function readTooLarge(error: unknown): HttpVerdict | HttpProblem {
  if (!(error instanceof AnswerTooLarge)) throw error;
  const verdict = readHttpAnswer({ status: error.answerStatus, contentType: '', body: '' });
  return 'isUnusable' in verdict ? { problem: 'RESPONSE_TOO_LARGE', isUnusable: true } : verdict;
}

/** Explains why an answer with this expiry is invalid, like EMQX. */
function findExpiryProblem(expireAt: number | undefined, now: number): string | undefined {
  if (expireAt === undefined) return undefined;
  if (expireAt * 1000 <= now) return 'the answer of the HTTP service had expired';
  // A value in milliseconds would be some fifty thousand years ahead; EMQX uses the same limit.
  return expireAt > now / 2 ? 'expire_at is not in seconds since 1970' : undefined;
}
