import type { Login } from '../../policy/policy.ts';

/** The values that templates may name. */
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
