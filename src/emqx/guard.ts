/**
 * The guard: an authenticator of the broker that admits nobody by itself. Without a guard, a broker admits everybody
 * until it has loaded this server for the first time, whatever failed_action says.
 *
 * The guard is an empty built-in database. It refuses unknown users only if nobody else admits them, but it refuses a
 * client without a password at once, and this server is never asked. From 5.9 on, a precondition that is never true
 * takes the database out of the way: no client is refused before this server is asked. (Seen on EMQX 5.3.2 and 6.2.0.)
 */
import type { Authenticator } from './schemas.ts';
import { areAllSince, type Versioned } from './version.ts';

/** The first release whose authenticators have preconditions. */
const PRECONDITIONS = [5, 9, 0] as const;

/** Never true: the broker skips the database for every client. */
export const NEVER = 'str_eq(1,2)';

export interface Guard {
  readonly mechanism: 'password_based';
  readonly backend: 'built_in_database';
  readonly user_id_type: 'username';
  readonly precondition?: typeof NEVER;
}

const plain: Guard = {
  mechanism: 'password_based',
  backend: 'built_in_database',
  user_id_type: 'username',
};

/** @param hasPreconditions whether the broker is EMQX 5.9 or later. */
export function guardFor(hasPreconditions: boolean): Guard {
  return hasPreconditions ? { ...plain, precondition: NEVER } : plain;
}

/** Whether all nodes support preconditions; undefined if that is unknown. */
export function havePreconditions(nodes: readonly Versioned[]): boolean | undefined {
  return areAllSince(nodes, PRECONDITIONS);
}

export function builtInDatabase(authenticators: readonly Authenticator[]): Authenticator | undefined {
  return authenticators.find(
    ({ mechanism, backend, enable }) =>
      enable && mechanism === 'password_based' && backend === 'built_in_database',
  );
}

/** Whether the broker refuses a client without a password before it asks this server. */
export function refusesFirst({ precondition = '' }: Authenticator): boolean {
  return precondition.trim() === '';
}
