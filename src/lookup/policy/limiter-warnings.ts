/** Warns about what the limiter of a policy cannot stop, and about limits without effect. */

import type { PolicyConfig } from './open-policy.ts';
import { type VouchingMethod, vouchedByAny } from './vouching.ts';

type Limits = NonNullable<PolicyConfig['authenticate']>['limiter'];

/** Yields lines for the log. */
export function* limiterWarnings(limits: Limits, methods: readonly VouchingMethod[]): Iterable<string> {
  if (limits === undefined) return;
  const { perClientId, perUsername } = limits;
  const { clientid, username } = vouchedByAny(methods);
  if (perUsername === undefined && username)
    yield `${HERE}: does not limit an attacker who changes client id and address for each guess; write perUsername: {}`;
  if (perUsername !== undefined && !username)
    yield `${HERE}.perUsername has no effect: no method vouches for user names; remove it`;
  if (perClientId !== undefined && perUsername !== undefined && !clientid)
    yield `${HERE}.perClientId has no effect: no method vouches for client ids; remove it`;
}

const HERE = 'authenticate.limiter';
