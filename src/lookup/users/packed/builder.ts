/** Packs users one by one, and detects duplicates. */
import { randomBytes } from 'node:crypto';
import { type BoundName, boundNames } from '../../../policy/login/bound-names.ts';
import { DecoyTally } from '../../../policy/login/password-decoy.ts';
import type { ParsedHash } from '../../../policy/login/password-hash.ts';
import type { User } from '../../../policy/login/user-record.ts';
import { type BoundNames, namesOfBoth, noteNames } from '../../../policy/login/users.ts';
import { keyOf, keySize, writeFields, writeKey } from './record.ts';
import type { HashKey } from './sip-hash.ts';
import { findSlot, growSlots, type Slots } from './slots.ts';
import { PackedWriter } from './writer.ts';

/** All users in two buffers, which can be transferred to another thread. */
export interface PackedUsers {
  readonly bytes: ArrayBuffer;
  readonly slots: ArrayBuffer;
  readonly hashKey: HashKey;
  readonly size: number;
  /** The longest key, in bytes. */
  readonly longestKey: number;
  /** The names that every user has. */
  readonly sharedNames: readonly BoundName[];
  readonly decoy: ParsedHash | undefined;
  readonly names: Readonly<BoundNames>;
  /** Number of users with a hash that can be guessed quickly. */
  readonly weak: number;
}

const FIRST_SLOTS = 1024;

export class UserPacker {
  readonly #out = new PackedWriter();
  readonly #decoys = new DecoyTally();
  readonly #names: BoundNames = { clientid: false, username: false };
  readonly #hashKey: HashKey;
  #slots: Slots = new Uint32Array(FIRST_SLOTS);
  #key = Buffer.alloc(256);
  #sharedNames: readonly BoundName[] = boundNames;
  #size = 0;
  #longestKey = 0;

  constructor() {
    const random = randomBytes(8);
    this.#hashKey = [random.readUInt32LE(0), random.readUInt32LE(4)];
  }

  /** @returns false if the user is already listed. */
  add(user: User): boolean {
    const [field, name] = keyOf(user);
    if (keySize(name) > this.#key.length) this.#key = Buffer.alloc(2 * keySize(name));
    const length = writeKey(this.#key, field, name);
    const slot = findSlot(this.#indexed, this.#key, length);
    if (this.#slots[slot] !== 0) return false;
    this.#slots[slot] = this.#out.length + 1;
    this.#out.raw(this.#key.subarray(0, length));
    writeFields(this.#out, user);
    this.#decoys.add(user.hash);
    noteNames(this.#names, user);
    this.#sharedNames = namesOfBoth(this.#sharedNames, user);
    this.#longestKey = Math.max(this.#longestKey, length);
    this.#size++;
    // At most two thirds full: a look-up takes two steps on average, one for an unknown name.
    if (3 * this.#size > 2 * this.#slots.length) this.#slots = growSlots(this.#indexed);
    return true;
  }

  finish(): PackedUsers {
    return {
      bytes: this.#out.finish(),
      slots: this.#slots.buffer as ArrayBuffer,
      hashKey: this.#hashKey,
      size: this.#size,
      longestKey: this.#longestKey,
      sharedNames: this.#sharedNames,
      decoy: this.#decoys.decoy,
      names: this.#names,
      weak: this.#decoys.weak,
    };
  }

  get #indexed() {
    return { slots: this.#slots, bytes: this.#out.bytes, hashKey: this.#hashKey };
  }
}
