/** All checks, in the order in which to fix their findings. */
import type { Check, Facts, Finding } from '../finding.ts';
import { checkAuthentication } from './authentication.ts';
import { checkAuthorization } from './authorization.ts';
import { checkFailedAction, checkSeveral } from './failures.ts';
import { checkHooks } from './hooks.ts';
import { checkMessages } from './messages.ts';
import { checkRegistration } from './registration.ts';
import { checkReleases } from './releases.ts';
import { checkTiming } from './timing.ts';
import { checkUnknown } from './unknown.ts';
import { checkUrl } from './url.ts';

const checks: readonly Check[] = [
  checkRegistration,
  checkUrl,
  checkHooks,
  checkAuthorization,
  checkAuthentication,
  checkFailedAction,
  checkMessages,
  checkSeveral,
  checkTiming,
  checkReleases,
  checkUnknown,
];

const order = { error: 0, warning: 1, note: 2 } as const;

/** Runs all checks; returns errors first. */
export function diagnose(facts: Facts): Finding[] {
  return checks.flatMap((check) => check(facts)).sort((a, b) => order[a.severity] - order[b.severity]);
}
