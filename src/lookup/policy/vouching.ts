/**
 * Which of user name and client id a method vouches for: by itself a client can say any. The limiter counts failures
 * under the names that somebody vouches for; under others a guesser chooses the bucket.
 */

import type { Login } from '../../policy/policy.ts';
import type { LimitedBy } from '../limiter/keys.ts';
import type { OpenMethod } from '../methods/method.ts';
import { type MethodSection, methodOf } from '../sections/authenticate-methods.ts';

export interface Vouched {
  readonly clientid: boolean;
  readonly username: boolean;
}

type Names = Pick<Login, 'username' | 'clientid'>;

export interface VouchingMethod {
  readonly section: MethodSection;
  readonly open: OpenMethod | undefined;
}

/** What a method vouches for: of a client, or of some client. */
export function vouchedBy(method: VouchingMethod, client?: Names): Vouched {
  const declared = method.section.vouchesFor ?? [];
  const { clientid, username } = bySettings(method, client);
  return {
    clientid: clientid || declared.includes('clientid'),
    username: username || declared.includes('username'),
  };
}

function bySettings({ section, open }: VouchingMethod, client: Names | undefined): Vouched {
  if (open?.vouched !== undefined) return open.vouched(client);
  const { method, options } = methodOf(section);
  const names = method.usesNames(options);
  return { clientid: names.includes('clientid'), username: names.includes('username') };
}

/** What one of the methods vouches for. */
export function vouchedByAny(methods: readonly VouchingMethod[]): Vouched {
  const all = methods.map((method) => vouchedBy(method));
  return { clientid: all.some(({ clientid }) => clientid), username: all.some(({ username }) => username) };
}

/** Whether a kind of name is vouched for; an address is the broker's word. */
export function isVouched(by: LimitedBy, { clientid, username }: Vouched): boolean {
  if (by === 'address') return true;
  return by === 'client_id' ? clientid : username;
}
