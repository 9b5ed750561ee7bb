/** Keeps users packed: a user is decoded when it is looked up. */
import type { User } from '../../../policy/login/user-record.ts';
import type { UserIndex, UsersByName } from '../../../policy/login/users.ts';
import type { PackedUsers } from './builder.ts';
import { type KeyField, readUserAt, writeKey } from './record.ts';
import { findSlot, type Indexed } from './slots.ts';

/** Most decoded users that are cached: each topic check of a connected client looks its user up. */
const RECENT = 1024;
/** Larger users are not cached, which bounds the cache to a megabyte. In packed bytes. */
const MAX_RECENT_BYTES = 1024;

/** Opens an index over packed users. */
export function openPackedUsers(packed: PackedUsers): UserIndex {
  const indexed: Indexed = {
    slots: new Uint32Array(packed.slots),
    bytes: Buffer.from(packed.bytes),
    hashKey: packed.hashKey,
  };
  // Room for a name as long as the longest, in either encoding.
  const key = Buffer.alloc(2 * packed.longestKey + 1);
  const recent = new Recent(indexed.bytes);

  function find(field: KeyField, name: string): User | undefined {
    // A client's name may be longer than any user's.
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
 * Frees the memory of replaced users now, not at some later garbage collection. Nothing may read them any
 * more.
 */
export function discardPackedUsers({ bytes, slots }: PackedUsers): void {
  const { port1, port2 } = new MessageChannel();
  // Transferred buffers belong to the message, and are freed with it.
  port1.postMessage(undefined, [bytes, slots]);
  port1.close();
  port2.close();
}
