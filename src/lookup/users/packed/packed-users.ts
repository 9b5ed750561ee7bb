/** Users that stay packed: one is read from the bytes when it is asked for. */
import type { User } from '../../../policy/login/user-record.ts';
import type { UserIndex, UsersByName } from '../../../policy/login/users.ts';
import type { PackedUsers } from './builder.ts';
import { type KeyField, readUserAt, writeKey } from './record.ts';
import { findSlot, type Indexed } from './slots.ts';

/** Users that were read last and are kept: each topic check of a connected client asks for its user. */
const RECENT = 1024;
/** Larger users are not kept, so that they take a megabyte at most. In packed bytes. */
const MAX_RECENT_BYTES = 1024;

/** An index over packed users. */
export function openPackedUsers(packed: PackedUsers): UserIndex {
  const indexed: Indexed = {
    slots: new Uint32Array(packed.slots),
    bytes: Buffer.from(packed.bytes),
    hashKey: packed.hashKey,
  };
  // Room for a name as long as the longest, however it is written.
  const key = Buffer.alloc(2 * packed.longestKey + 1);
  const recent = new Recent(indexed.bytes);

  function find(field: KeyField, name: string): User | undefined {
    // A client's name may be long; no user has one.
    if (name.length >= packed.longestKey) return undefined;
    if (indexed.slots.length === 0) throw new Error('these users were replaced by others');
    const length = writeKey(key, field, name);
    const entry = indexed.slots[findSlot(indexed, key, length)] as number;
    return entry === 0 ? undefined : recent.read(entry - 1);
  }

  return {
    byUsername: lookup('username'),
    byClientId: lookup('clientid'),
    size: packed.size,
    sharedNames: packed.sharedNames,
    decoy: packed.decoy,
    names: packed.names,
    weak: packed.weak,
  };

  function lookup(field: KeyField): UsersByName {
    return { get: (name) => find(field, name) };
  }
}

class Recent {
  readonly #bytes: Buffer;
  readonly #users: ({ readonly at: number; readonly user: User } | undefined)[] = new Array(RECENT);

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  read(at: number): User {
    const place = (at >>> 3) % RECENT;
    const known = this.#users[place];
    if (known?.at === at) return known.user;
    const { user, end } = readUserAt(this.#bytes, at);
    if (end - at <= MAX_RECENT_BYTES) this.#users[place] = { at, user };
    return user;
  }
}

/**
 * Gives the memory of users back that are no longer used, now and not at some later collection of garbage. Nothing
 * may ask for them any more.
 */
export function discardPackedUsers({ bytes, slots }: PackedUsers): void {
  const { port1, port2 } = new MessageChannel();
  // What travels belongs to the message, and is freed with it.
  port1.postMessage(undefined, [bytes, slots]);
  port1.close();
  port2.close();
}
