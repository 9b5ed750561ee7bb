/** A connection to NATS that does not reconnect by itself: the queue in front of the sink decides when to try. */
import type { JetStreamManager, StreamConfig } from '@nats-io/jetstream';
import type { Authenticator, NatsConnection, TlsOptions } from '@nats-io/transport-node';
import { type Environment, readSecret } from '../../lib/secret.ts';
import type { TlsClientOptions } from '../tls.ts';
import type { NatsOptions } from './declaration.ts';
import { Publisher } from './publisher.ts';

export interface NatsLink {
  readonly connection: NatsConnection;
  readonly publisher: Publisher;
  readonly manager: JetStreamManager;
  /** The subjects of the configured stream; none if no stream is configured. */
  readonly subjects: readonly string[];
}

type Library = typeof import('@nats-io/transport-node');

/** Selects the login. @throws TypeError if a secret cannot be read or used. */
export async function readAuthenticator(
  { user, password, token, nkey, credentials }: NatsOptions,
  env: Environment,
): Promise<Authenticator | undefined> {
  const library: Library = await import('@nats-io/transport-node');
  const bytes = (text: string) => new TextEncoder().encode(text);
  if (user !== undefined && password !== undefined)
    return library.usernamePasswordAuthenticator(user, await readSecret(password, env));
  if (token !== undefined) return library.tokenAuthenticator(await readSecret(token, env));
  if (nkey !== undefined)
    return check(
      library.nkeyAuthenticator(bytes((await readSecret(nkey, env)).trim())),
      'nkey is not the seed of an NKey',
    );
  if (credentials !== undefined)
    return check(
      library.credsAuthenticator(bytes(await readSecret(credentials, env))),
      'credentials are invalid: they must contain a JWT and a seed, as nsc writes them',
    );
  return undefined;
}

/** Checked once: with an invalid key every connection would fail. */
function check(authenticator: Authenticator, problem: string): Authenticator {
  try {
    authenticator('nonce');
    return authenticator;
  } catch {
    throw new TypeError(problem);
  }
}

/** @throws whatever the library throws, if there is no connection or no such stream. */
export async function connectToNats(
  options: NatsOptions,
  authenticator: Authenticator | undefined,
  tls: TlsClientOptions | undefined,
): Promise<NatsLink> {
  const [core, jetstream] = await Promise.all([
    import('@nats-io/transport-node'),
    import('@nats-io/jetstream'),
  ]);
  const { timeout, domain, servers } = options;
  const connection = await core.connect({
    servers: [...servers],
    name: 'exhook-edge',
    timeout,
    reconnect: false,
    noAsyncTraces: true,
    ...(authenticator !== undefined && { authenticator }),
    // The library passes these to node:tls unchanged, which its type does not say.
    ...(tls !== undefined && { tls: tls as TlsOptions }),
  });
  try {
    const api = { timeout, ...(domain !== undefined && { domain }) };
    const manager = await jetstream.jetstreamManager(connection, { ...api, checkAPI: false });
    const subjects = await openStream(manager, options);
    const publisher = new Publisher({ connection, timeout, core, jetstream });
    return { connection, publisher, manager, subjects };
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** The subjects of the stream, which is created if it does not exist. An existing stream is not changed. */
async function openStream(manager: JetStreamManager, options: NatsOptions): Promise<readonly string[]> {
  const { stream } = options;
  if (stream === undefined) return [];
  try {
    return await readSubjects(manager, stream.name);
  } catch (error) {
    if (!stream.create || (error as Error).name !== 'StreamNotFoundError') throw error;
  }
  const { config } = await manager.streams.add(configOf(stream, options.subject));
  return config.subjects ?? [];
}

export async function readSubjects(manager: JetStreamManager, stream: string): Promise<readonly string[]> {
  const { config } = await manager.streams.info(stream);
  return config.subjects ?? [];
}

/** Whether any stream takes the subject. @throws if JetStream does not answer. */
export async function hasStreamFor(manager: JetStreamManager, subject: string): Promise<boolean> {
  try {
    await manager.streams.find(subject);
    return true;
  } catch (error) {
    if ((error as Error).name === 'StreamNotFoundError') return false;
    throw error;
  }
}

const NANOSECONDS = 1_000_000;

function configOf(
  stream: NonNullable<NatsOptions['stream']>,
  subject: string,
): Partial<StreamConfig> & { name: string } {
  const { name, subjects = [subject], storage, replicas, maxAge, maxBytes, duplicateWindow } = stream;
  // NATS rejects a window that is longer than the retention.
  const window = maxAge === 0 ? duplicateWindow : Math.min(duplicateWindow, maxAge);
  return {
    name,
    subjects: [...subjects],
    storage,
    num_replicas: replicas,
    max_age: maxAge * NANOSECONDS,
    duplicate_window: window * NANOSECONDS,
    ...(maxBytes !== undefined && { max_bytes: maxBytes }),
  };
}
