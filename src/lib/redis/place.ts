/** Address and credentials of a Redis server. */
import { removeBrackets } from '../url-host.ts';

export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly database: number;
}

export interface RedisPlace extends RedisAddress {
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** Absent: no TLS. PEM texts; an empty mapping trusts Node's own authorities. */
  readonly tls?: RedisTls | undefined;
  /** Time limit for connecting, in milliseconds. */
  readonly timeout: number;
}

export interface RedisTls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
  readonly minVersion?: 'TLSv1.2';
}

const DEFAULT_PORT = 6379;

/** Reads `redis://host:port/database` or `rediss:`. @returns also its name for messages. */
export function readRedisUrl(url: string): RedisAddress & { readonly isTls: boolean; readonly name: string } {
  const { protocol, hostname, port, pathname } = new URL(url);
  const given = Number(port || DEFAULT_PORT);
  return {
    host: removeBrackets(hostname),
    port: given,
    database: Number(pathname.slice(1)),
    isTls: protocol === 'rediss:',
    name: `Redis at ${hostname}:${given}`,
  };
}
