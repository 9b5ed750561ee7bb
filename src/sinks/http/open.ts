/**
 * Sends events to an HTTP service: CloudEvents in the structured, batched and binary mode of the HTTP binding, or raw.
 */

import { readSecret } from '../../lib/secret.ts';
import type { OpenSink, SinkWorld } from '../sink.ts';
import { readSinkTls } from '../tls.ts';
import { openClient } from './connection.ts';
import type { HttpOptions } from './declaration.ts';
import { createSigner } from './sign.ts';
import { HttpSink } from './sink.ts';

/** @throws TypeError if a secret or a certificate cannot be read or used. */
export const openHttp: OpenSink<HttpOptions> = async (options, world) => {
  const { requests, timeout, signature } = options;
  const [headers, secret, tls] = await Promise.all([
    readHeaders(options.headers, world),
    signature === undefined ? undefined : readSecret(signature.secret, world.env),
    readSinkTls(options.tls),
  ]);
  const url = new URL(options.url);
  return new HttpSink({
    name: world.name,
    log: world.log,
    url,
    headers,
    client: await openClient({ url, tls, timeout, maxSockets: Math.max(requests * 4, 16) }),
    sign: secret === undefined ? undefined : createSigner(secret, Date.now),
    method: options.method,
    isBatched: options.batch,
    requests,
    maxRetryAfter: options.maxRetryAfter,
    now: Date.now,
    monotonic: () => performance.now(),
  });
};

async function readHeaders(
  headers: HttpOptions['headers'],
  { env }: SinkWorld,
): Promise<Record<string, string>> {
  const pairs = Object.entries(headers).map(async ([name, source]) => {
    const value = await readSecret(source, env);
    if (!/^[\t\x20-\x7e]*$/.test(value))
      throw new TypeError(`headers.${name} contains characters that headers may not have: use visible ASCII`);
    return [name.toLowerCase(), value] as const;
  });
  return Object.fromEntries(await Promise.all(pairs));
}
