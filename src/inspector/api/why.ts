/** Why a call ended as it did. */
import type { Verdict } from './calls.ts';
import type { Place } from './error.ts';

/** Why a call ended as it did: the data of `exhook explain`. */
export interface Why {
  /** Absent when nothing was recorded: a question of `/api/explain`. */
  readonly seq?: number | undefined;
  readonly about: 'login' | 'topic' | 'message' | 'other';
  /** One sentence. */
  readonly sentence: string;
  readonly verdict: Verdict;
  readonly by: string;
  /** Revision of the policies that decided, and of those that explain. They differ after a reload. */
  readonly revision: { readonly decided?: string | undefined; readonly now?: string | undefined };
  /** What would be decided now, when it differs or the revision does. */
  readonly now?: { readonly verdict: Verdict; readonly by: string } | undefined;
  /** Steps that missed in one respect only, in order: look at these first. */
  readonly near: readonly WhyStep[];
  /** Every method and rule, in order. */
  readonly steps: readonly WhyStep[];
  /** What cannot be said, and why: no password, a payload that was cut. */
  readonly notes: readonly string[];
}

export interface WhyStep {
  readonly kind: 'limiter' | 'method' | 'rule' | 'grant' | 'otherwise' | 'onError' | 'hook';
  /** Name of the method or rule, or its position from 1. */
  readonly label: string;
  /** `hit`: it decided or changed the message. `miss`: passed over. `not asked`: an earlier one ended the list. */
  readonly outcome: 'hit' | 'miss' | 'not asked' | 'unknown';
  readonly isNear: boolean;
  /** What it did, or each respect in which it missed. */
  readonly texts: readonly string[];
  readonly misses: readonly {
    readonly condition: 'action' | 'who' | 'topics' | 'when';
    readonly message: string;
  }[];
  /** As it is written, as JSON without secrets. */
  readonly rule?: unknown;
  readonly place?: Place | undefined;
}
