/** Limits failed logins, as a look-up that runs before the methods. */
import type { Lookup } from '../../core/runtime.ts';
import { sleep } from '../../lib/sleep.ts';
import { type LimiterAnswer, OTHERWISE } from '../../policy/login/authenticate.ts';
import type { Known, Login } from '../../policy/policy.ts';
import { Failure } from '../../protocol/failure.ts';
import type { Decision } from '../../protocol/schema/decision.ts';
import { createLimiter, type LimitedBy, type Reservation, type Settlement } from '../limiter/limiter.ts';
import type { OpenedMethod } from './methods.ts';
import type { PolicyConfig } from './open-policy.ts';
import { guaranteedBy } from './vouches-for.ts';
import { isVouched, type Vouched, vouchedBy, vouchedByAny } from './vouching.ts';

/** Counts outcomes of attempts. */
export interface LimiterCounts {
  readonly passed: number;
  readonly delayed: number;
  readonly refused: number;
}

export interface LoginLimiter {
  /** Answers the question `LIMITER`. Reservations are returned when the signal ends without a decision. */
  readonly lookup: Lookup;
  readonly counts: LimiterCounts;
  /** Records a decision of a method or of `otherwise`. */
  decided(client: Known, decision: Decision): void;
}

type Authenticate = NonNullable<PolicyConfig['authenticate']>;

/** Returns nothing when logins are not limited. */
export function createLoginLimiter(
  authenticate: Authenticate | undefined,
  methods: readonly OpenedMethod[],
  now: () => number,
): LoginLimiter | undefined {
  if (authenticate?.limiter === undefined) return undefined;
  const { perClientId, perUsername, perAddress, ...rest } = authenticate.limiter;
  const buckets = {
    ...(perClientId && { perClientId }),
    ...(perUsername && { perUsername }),
    ...(perAddress && { perAddress }),
  };
  // Clients do not notice shadow mode.
  const isFelt = authenticate.mode !== 'shadow';
  const limiter = createLimiter({ ...rest, ...buckets, mayWait: isFelt, now });
  const counts = { passed: 0, delayed: 0, refused: 0 };
  /** Keyed by the client object of the question, which is also the decision's. */
  const reservations = new WeakMap<object, Reservation>();
  /**
   * Without perUsername, client ids count for all logins, as in the first release: otherwise nothing would be
   * limited.
   */
  const countsAllIds = perUsername === undefined;

  function settlementOf(client: Known, { verdict, by: method, isUndecided }: Decision): Settlement {
    if (verdict === 'ignore' || (verdict === 'deny' && isUndecided)) return () => 'returned';
    if (verdict === 'allow') return (by) => (isOwn(by, method, client) ? 'forgiven' : 'returned');
    const vouched = vouchedIn(methods, method, client);
    return (by) => (isCounted(by, vouched, countsAllIds) ? 'spent' : 'returned');
  }

  /** An address is shared with guessers, and a name that no method vouches for may be another client's. */
  function isOwn(by: LimitedBy, name: string, client: Known): boolean {
    const method = methods.find((candidate) => candidate.name === name);
    if (method === undefined || by === 'address') return false;
    return guaranteedBy(method, client).has(by === 'client_id' ? 'clientid' : 'username');
  }

  return {
    counts,
    async lookup(question, { signal }): Promise<LimiterAnswer> {
      const client = question.client as Login;
      const verdict = await limiter.enter(client, signal);
      if (verdict.action === 'refuse') {
        counts.refused++;
        return { refusedBy: verdict.by };
      }
      const { reservation } = verdict;
      reservations.set(client, reservation);
      const giveBack = (): void => reservation.settle(() => 'returned');
      signal.addEventListener('abort', giveBack, { once: true });
      if (signal.aborted) giveBack();
      if (verdict.action === 'pass') {
        counts.passed++;
        return undefined;
      }
      counts.delayed++;
      if (isFelt) await holdUp(verdict.ms, signal);
      return undefined;
    },
    decided(client, decision) {
      const settlement = settlementOf(client, decision);
      const reservation = reservations.get(client);
      // There is none when the policy was reloaded in between.
      if (reservation === undefined) limiter.count(client, settlement);
      else reservation.settle(settlement);
    },
  };
}

/** @throws Failure `lookup_timeout` when the signal is aborted first. */
async function holdUp(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, { signal }).catch(() => {
    throw new Failure('lookup_timeout', 'the attempt was delayed beyond its deadline');
  });
}

/** Returns what the deciding method vouches for; without one, what some method would have. */
function vouchedIn(methods: readonly OpenedMethod[], by: string, client: Known): Vouched {
  const method = by === OTHERWISE ? undefined : methods.find(({ name }) => name === by);
  return method === undefined ? vouchedByAny(methods) : vouchedBy(method, client);
}

function isCounted(by: LimitedBy, vouched: Vouched, countsAllIds: boolean): boolean {
  return (by === 'client_id' && countsAllIds) || isVouched(by, vouched);
}
