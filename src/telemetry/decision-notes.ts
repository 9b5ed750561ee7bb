/** Logs and counts faults on the way to a decision: rules that were skipped or not applied. */

import type { Logger } from '../log/log.ts';
import { createRateLimit } from '../log/rate-limit.ts';
import type { Decision } from '../protocol/schema/decision.ts';
import type { HookInput } from '../protocol/schema/requests.ts';
import type { Rpc } from '../protocol/wire/rpc.ts';

/** Plain numbers by hook, for metrics. */
export interface NoteCounts {
  /** Conditions (`when`) that failed: their rules did not match. */
  readonly conditions: Readonly<Record<string, number>>;
  /** Message rules that could not be applied: `onError` decided. */
  readonly rules: Readonly<Record<string, number>>;
}

export interface DecisionNotes {
  readonly counts: NoteCounts;
  /** Never throws. */
  note(rpc: Rpc, input: HookInput, decision: Decision): void;
}

/** At most one line a second of each kind. */
export function createDecisionNotes(log: Pick<Logger, 'warn'>): DecisionNotes {
  const limit = createRateLimit({ perSecond: 1 });
  const conditions: Record<string, number> = {};
  const rules: Record<string, number> = {};
  const warn = (input: HookInput, text: string): void =>
    limit(text, (times) => log.warn({ clientid: clientIdOf(input), times }, text));
  return {
    counts: { conditions, rules },
    note({ hook }, input, { notes, conditions: failed, isFailure, by, reason }) {
      for (const { variable, reason: why } of notes ?? [])
        warn(input, `rules with \${${variable}} were passed over: its value ${why}`);
      for (const { rule, reason: why } of failed ?? []) {
        conditions[hook] = (conditions[hook] ?? 0) + 1;
        warn(input, `rule "${rule}" was passed over: when ${why}`);
      }
      if (isFailure !== true) return;
      rules[hook] = (rules[hook] ?? 0) + 1;
      warn(input, `rule "${by}" could not be applied: ${reason}`);
    },
  };
}

function clientIdOf(input: HookInput): string {
  const { clientinfo, message } = input as Partial<
    HookInput<'client.authorize'> & HookInput<'message.publish'>
  >;
  return clientinfo?.clientid ?? message?.from ?? '';
}
