import type { Verdict } from '../api.ts';
import type { CallRecord } from './call-record.ts';

/** What was answered. */
export function verdictOf({ status, reply, override }: CallRecord): Verdict {
  if (status !== 0) return 'failed';
  return (override ?? reply)?.kind ?? 'failed';
}

/** Whether a client was refused, or its message stopped. */
export function isRefusal(verdict: Verdict): boolean {
  return verdict === 'deny' || verdict === 'drop' || verdict === 'failed';
}
