/** Opens the sink for JetStream: each event is confirmed, and has an id by which the stream drops duplicates. */

import type { OpenSink } from '../sink.ts';
import { readSinkTls } from '../tls.ts';
import { connectToNats, readAuthenticator } from './connection.ts';
import type { NatsOptions } from './declaration.ts';
import { NatsSink } from './sink.ts';

/** @throws TypeError if a secret or a certificate cannot be read or used. */
export const openNats: OpenSink<NatsOptions> = async (options, { name, log, env }) => {
  const isTls = options.servers.some((server) => server.startsWith('tls:'));
  const [{ headers }, authenticator, tls] = await Promise.all([
    import('@nats-io/transport-node'),
    readAuthenticator(options, env),
    readSinkTls(options.tls || (isTls ? true : undefined)),
    // Load it now: later there may be no file descriptor left.
    import('@nats-io/jetstream'),
  ]);
  return new NatsSink({
    ...options,
    name,
    log,
    newHeaders: headers,
    connect: () => connectToNats(options, authenticator, tls),
    place: `NATS at ${options.servers.map((server) => new URL(server).host).join(', ')}`,
    now: () => performance.now(),
  });
};
