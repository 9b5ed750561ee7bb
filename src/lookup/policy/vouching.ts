/**
 * Determines for which of user name and client id a method vouches; an unchecked client can claim any. The
 * limiter counts failures only under names with a voucher: under others, a guesser chooses the bucket.
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

/** Returns what a method vouches for: for this client, or for some client. */
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

/** Returns what at least one of the methods vouches for. */
export function vouchedByAny(methods: readonly VouchingMethod[]): Vouched {
  const all = methods.map((method) => vouchedBy(method));
  return { clientid: all.some(({ clientid }) => clientid), username: all.some(({ username }) => username) };
}

/** Reports whether a kind of name is vouched for. An address comes from the broker. */
export function isVouched(by: LimitedBy, { clientid, username }: Vouched): boolean {
  if (by === 'address') return true;
  return by === 'client_id' ? clientid : username;
}
