import type { Login } from '../../policy/policy.ts';

/** Estimates the memory of a waiting login, in bytes. */
export function bytesOf(client: Login): number {
  return Object.values(client).reduce(
    (sum: number, value: unknown) => sum + (typeof value === 'string' ? 2 * value.length : 0),
    0,
  );
}

/** Returns the values that templates may name. */
export function valuesOf({ clientid, username, password, peerhost, cn, dn, protocol, mountpoint }: Login) {
  return {
    clientid,
    username,
    password,
    peerhost,
    proto_name: protocol,
    mountpoint,
    cert_common_name: cn,
    cert_subject: dn,
  };
}
