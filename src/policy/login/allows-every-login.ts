/** Finds conditions that every client meets. They are rejected unless the configuration allows this explicitly. */

import { compileWho } from '../client-match.ts';
import { caller, type Subject } from '../subject.ts';
import type { Who } from '../topics/rule.ts';

/** Clients without special properties; addresses from the documentation ranges (RFC 5737, RFC 3849). */
const nobodies: readonly Subject[] = ['203.0.113.7', '2001:db8::7'].map((peerhost) => ({
  clientid: 'a-client-that-no-condition-names',
  username: '',
  peerhost,
  cn: '',
}));

/** Reports whether a client without special properties and without a user name meets the conditions. */
export function allowsEveryLogin(who: Who | undefined): boolean {
  if (who === undefined) return true;
  try {
    const test = compileWho(who, false);
    return nobodies.some((nobody) => test(caller(nobody)));
  } catch {
    // Its problems are reported elsewhere.
    return false;
  }
}
