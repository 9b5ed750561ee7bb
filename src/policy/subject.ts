import { MAX_WORK, type PatternBudget } from '../lib/pattern/pattern.ts';
import type { Tags } from './login/tags.ts';
import { type Address, parseAddress } from './text/cidr.ts';

/**
 * The client that a policy judges. A `ClientInfo` is one: `''` stands for "has none", as it does in ExHook.
 */
export interface Subject {
  readonly clientid: string;
  readonly username: string;
  /** IP address of the client, without its port. */
  readonly peerhost: string;
  /** Common name of the client's TLS certificate. */
  readonly cn: string;
  /** For conditions only, where the broker says them: the subject of the certificate, and how the client came. */
  readonly dn?: string | undefined;
  readonly node?: string | undefined;
  readonly protocol?: string | undefined;
  readonly mountpoint?: string | undefined;
  /** What was said of the client when it logged in. */
  readonly tags?: Tags | undefined;
}

/** A subject for the length of one call: its address is parsed once, and only when a rule asks. */
export interface Caller extends PatternBudget {
  readonly subject: Subject;
  address: Address | null | undefined;
}

/** Of all rules together, some thirty milliseconds at the most; each test of a text has its own bound as well. */
const MAX_PATTERN_WORK = 4 * MAX_WORK;

/** The subject at the start of a call. */
export function caller(subject: Subject): Caller {
  return { subject, address: null, patternWork: MAX_PATTERN_WORK };
}

/** The caller's address, or `undefined` when the broker sent none that can be read. */
export function addressOf(who: Caller): Address | undefined {
  if (who.address === null) who.address = parseAddress(who.subject.peerhost);
  return who.address;
}

/** The value of a tag, or `undefined` when the subject does not have it. */
export function tagOf(subject: Subject, name: string): string | undefined {
  // Own properties only: nobody has the tag "constructor".
  return subject.tags !== undefined && Object.hasOwn(subject.tags, name) ? subject.tags[name] : undefined;
}
