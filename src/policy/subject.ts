import { MAX_WORK, type PatternBudget } from '../lib/pattern/pattern.ts';
import type { Tags } from './login/tags.ts';
import { type Address, parseAddress } from './text/cidr.ts';

/**
 * The client that a policy judges. A `ClientInfo` is one: `''` means "none", as in ExHook.
 */
export interface Subject {
  readonly clientid: string;
  readonly username: string;
  /** IP address of the client, without its port. */
  readonly peerhost: string;
  /** Common name of the client's TLS certificate. */
  readonly cn: string;
  /** For conditions only, if the broker sends them: certificate subject, and how the client connected. */
  readonly dn?: string | undefined;
  readonly node?: string | undefined;
  readonly protocol?: string | undefined;
  readonly mountpoint?: string | undefined;
  /** Tags from the login of the client. */
  readonly tags?: Tags | undefined;
}

/** A subject during one call. Its address is parsed once, on demand. */
export interface Caller extends PatternBudget {
  readonly subject: Subject;
  address: Address | null | undefined;
}

/** Budget of all rules together, about 30 ms at most. Each test of a text has its own limit, too. */
const MAX_PATTERN_WORK = 4 * MAX_WORK;

/** Creates the caller at the start of a call. */
export function caller(subject: Subject): Caller {
  return { subject, address: null, patternWork: MAX_PATTERN_WORK };
}

/** Returns the caller's address, or `undefined` if the broker sent no valid one. */
export function addressOf(who: Caller): Address | undefined {
  if (who.address === null) who.address = parseAddress(who.subject.peerhost);
  return who.address;
}

/** Returns the value of a tag, or `undefined` if the subject does not have it. */
export function tagOf(subject: Subject, name: string): string | undefined {
  // Own properties only: a tag "constructor" must not be found.
  return subject.tags !== undefined && Object.hasOwn(subject.tags, name) ? subject.tags[name] : undefined;
}
