/** Finds conditions that everybody meets, which are refused unless that is said in so many words. */

import { compileWho } from '../client-match.ts';
import { caller, type Subject } from '../subject.ts';
import type { Who } from '../topics/rule.ts';

/** Clients with no special property; addresses from the ranges for documentation (RFC 5737, RFC 3849). */
const nobodies: readonly Subject[] = ['203.0.113.7', '2001:db8::7'].map((peerhost) => ({
  clientid: 'a-client-that-no-condition-names',
  username: '',
  peerhost,
  cn: '',
}));

/** Would a client with no special property, and without a user name, meet the conditions? */
export function allowsEveryLogin(who: Who | undefined): boolean {
  if (who === undefined) return true;
  try {
    const test = compileWho(who, false);
    return nobodies.some((nobody) => test(caller(nobody)));
  } catch {
    // What is wrong with it is reported elsewhere.
    return false;
  }
}
