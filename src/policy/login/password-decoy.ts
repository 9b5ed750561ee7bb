/** A hash that matches no password. It is checked for unknown users, so the response time does not reveal them. */
import { isWeak, type ParsedHash } from './password-hash.ts';

/** Labels the cost of a check: hashes with the same label cost the same. */
export function costOf(hash: ParsedHash): string {
  switch (hash.kind) {
    case 'bcrypt':
      return `bcrypt cost=${hash.cost}`;
    case 'argon2id':
      return `argon2id m=${hash.memoryKiB},t=${hash.passes},p=${hash.lanes}`;
    case 'scrypt':
      return `scrypt ln=${hash.logN},r=${hash.r},p=${hash.p}`;
    case 'pbkdf2':
      return `pbkdf2 ${hash.digestName} i=${hash.iterations} bytes=${hash.digest.length}`;
    case 'salted':
      return `salted ${hash.digestName}`;
    case 'plain':
      return 'plain';
  }
}

/**
 * Makes a decoy of the most common cost. If a file mixes costs, response time reveals users with a rarer cost: use one
 * form only. `undefined` if there are no hashes.
 */
export function decoyFor(hashes: Iterable<ParsedHash>): ParsedHash | undefined {
  const tally = new DecoyTally();
  for (const hash of hashes) tally.add(hash);
  return tally.decoy;
}

/** Counts hashes by cost; see {@link decoyFor}. */
export class DecoyTally {
  readonly #counts = new Map<string, { readonly hash: ParsedHash; count: number }>();

  /** Number of hashes that are fast to guess. */
  weak = 0;

  add(hash: ParsedHash): void {
    if (isWeak(hash)) this.weak++;
    const cost = costOf(hash);
    const entry = this.#counts.get(cost);
    if (entry === undefined) this.#counts.set(cost, { hash, count: 1 });
    else entry.count++;
  }

  get decoy(): ParsedHash | undefined {
    const [most] = [...this.#counts.values()].sort((a, b) => b.count - a.count);
    return most && blank(most.hash);
  }
}

/** Keeps the cost and blanks salt and digest: the decoy is not the hash of any user. */
function blank(hash: ParsedHash): ParsedHash {
  switch (hash.kind) {
    case 'bcrypt':
      return { ...hash, encoded: `${hash.encoded.slice(0, 7)}${'.'.repeat(53)}` };
    case 'argon2id':
      return { ...hash, encoded: blankPhc(hash.encoded) };
    case 'scrypt':
    case 'pbkdf2':
    case 'salted':
      return { ...hash, salt: new Uint8Array(hash.salt.length), digest: new Uint8Array(hash.digest.length) };
    case 'plain':
      return { kind: 'plain', password: '' };
  }
}

/** `A` is six zero bits in base64. */
function blankPhc(encoded: string): string {
  const parts = encoded.split('$');
  return parts.map((part, i) => (i < parts.length - 2 ? part : 'A'.repeat(part.length))).join('$');
}
