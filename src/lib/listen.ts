/** Listens on a port that a section of the configuration names, and explains in its terms why that fails. */
import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';

export interface ListenPlace {
  readonly host: string;
  readonly port: number;
}

/** @throws Error that names the key of the section to change; its `cause` is the error of the system. */
export async function listenFor(section: string, server: Server, place: ListenPlace): Promise<AddressInfo> {
  server.listen({ ...place, exclusive: true });
  try {
    await once(server, 'listening');
  } catch (cause) {
    const error = cause as NodeJS.ErrnoException;
    throw new Error(explainListenError(error, section, place) ?? `${section}: ${error.message}`, { cause });
  }
  return server.address() as AddressInfo;
}

/**
 * Returns what to change in a section; `undefined` if the error does not tell.
 *
 * @param remedy for a port that is in use. Default: choose another one.
 */
export function explainListenError(
  { code }: NodeJS.ErrnoException,
  section: string,
  { host, port }: ListenPlace,
  remedy = 'choose another one',
): string | undefined {
  if (code === 'EADDRINUSE') return `${section}.port: port ${port} is already in use on ${host}; ${remedy}`;
  if (code === 'EACCES') return `${section}.port: port ${port} needs privileges; choose one above 1023`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return `${section}.host: ${host} is not an address of this machine`;
  return undefined;
}
