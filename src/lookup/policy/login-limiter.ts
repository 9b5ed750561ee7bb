/** The limiter of failed logins, as a look-up that the login asks first. */
import type { Config } from '../../config/schema.ts';
import type { LimiterAnswer } from '../../policy/authenticate.ts';
import type { Known, Login } from '../../policy/policy.ts';
import type { Decision } from '../../schema/decision.ts';
import type { Lookup } from '../../shell.ts';
import { holdUp } from '../hold-up.ts';
import { createLimiter } from '../limiter.ts';

/** What became of the attempts so far. */
export interface LimiterCounts {
  readonly passed: number;
  readonly delayed: number;
  readonly refused: number;
}

export interface LoginLimiter {
  /** Answers the question `LIMITER`. */
  readonly lookup: Lookup;
  readonly counts: LimiterCounts;
  /** A method has decided. */
  decided(client: Known, decision: Decision): void;
}

type Authenticate = NonNullable<Config['authenticate']>;

/** Nothing when logins are not limited. */
export function createLoginLimiter(
  authenticate: Authenticate | undefined,
  now: () => number,
): LoginLimiter | undefined {
  if (authenticate?.limiter === undefined) return undefined;
  const { perClientId, perAddress, ...rest } = authenticate.limiter;
  const buckets = { ...(perClientId && { perClientId }), ...(perAddress && { perAddress }) };
  const limiter = createLimiter({ ...rest, ...buckets, now });
  // Shadow mode is not felt by clients.
  const isFelt = authenticate.mode !== 'shadow';
  const counts = { passed: 0, delayed: 0, refused: 0 };
  return {
    counts,
    async lookup(question, { signal }): Promise<LimiterAnswer> {
      const verdict = limiter.check(question.client as Login);
      if (verdict.action === 'refuse') {
        counts.refused++;
        return { refusedBy: verdict.by };
      }
      if (verdict.action === 'pass') {
        counts.passed++;
        return undefined;
      }
      counts.delayed++;
      if (isFelt) await holdUp(verdict.ms, signal);
      return undefined;
    },
    decided(client, { verdict }) {
      if (verdict === 'allow') limiter.succeed(client);
      if (verdict === 'deny') limiter.fail(client);
    },
  };
}
