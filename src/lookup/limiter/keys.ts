/** Derives the keys under which failures are counted: digests, so that client input takes no room. */
import { hash, randomBytes } from 'node:crypto';
import { addressKey, parseAddress } from '../../policy/text/cidr.ts';

/** What a client claims, and its address. */
export interface Attempt {
  readonly clientid: string;
  readonly username: string;
  readonly peerhost: string;
}

export type LimitedBy = 'client_id' | 'user_name' | 'address';

/** The family, and the four bytes of an IPv4 address or the first eight of an IPv6 address. */
const NETWORK_LENGTH = { '4': 1 + 4, '6': 1 + 8 } as const;

export type KeyOf = (by: LimitedBy, attempt: Attempt) => string | undefined;

/** `undefined`: the attempt has no such name. */
export function createKeys(secret = randomBytes(32).toString('base64')): KeyOf {
  return (by, attempt) => {
    const text = texts[by](attempt);
    if (text === '') return undefined;
    // One character per byte is the smallest text. The secret keeps names from being guessed from a dump.
    return hash('sha256', secret + text, 'binary');
  };
}

const texts: Readonly<Record<LimitedBy, (attempt: Attempt) => string>> = {
  client_id: ({ clientid }) => clientid,
  user_name: ({ username }) => username,
  address: ({ peerhost }) => networkOf(peerhost),
};

/** The owner of one IPv6 address has 2^64 of them: a /64 counts as one. */
export function networkOf(peerhost: string): string {
  const address = parseAddress(peerhost);
  if (address === undefined) return peerhost;
  const key = addressKey(address);
  return key.slice(0, NETWORK_LENGTH[key[0] as '4' | '6']);
}
