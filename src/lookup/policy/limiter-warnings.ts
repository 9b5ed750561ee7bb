/** What the limiter of a policy cannot stop, and what of it does nothing. */

import type { PolicyConfig } from './open-policy.ts';
import { type VouchingMethod, vouchedByAny } from './vouching.ts';

type Limits = NonNullable<PolicyConfig['authenticate']>['limiter'];

/** Each a line for the log. */
export function* limiterWarnings(limits: Limits, methods: readonly VouchingMethod[]): Iterable<string> {
  if (limits === undefined) return;
  const { perClientId, perUsername } = limits;
  const { clientid, username } = vouchedByAny(methods);
  if (perUsername === undefined && username)
    yield `${HERE}: a guesser with a new client id and address for each guess is not held up; write perUsername: {}`;
  if (perUsername !== undefined && !username)
    yield `${HERE}.perUsername holds up nobody: no method vouches for user names; remove it`;
  if (perClientId !== undefined && perUsername !== undefined && !clientid)
    yield `${HERE}.perClientId holds up nobody: no method vouches for client ids; remove it`;
}

const HERE = 'authenticate.limiter';
