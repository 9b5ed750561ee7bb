/** The method `http`: asks a service in the format of EMQX's HTTP authenticator. */

import { readPem } from '../../lib/pem.ts';
import { readHeaders } from '../../lib/secret.ts';
import { loginOfHttp } from '../../policy/login/logins.ts';
import { asked, type MethodWorld, type OpenLogin, type OpenMethod } from '../methods/method.ts';
import { bytesOf, valuesOf } from '../methods/values.ts';
import type { HttpOptions } from './declaration.ts';
import { type HttpAuth, type HttpAuthOptions, openHttpAuth } from './http-auth.ts';
import { NO_HEADER_NAME } from './request.ts';

export const openHttp: OpenLogin<HttpOptions> = async (name, http, world) =>
  asked(name, await openMethod(http, world));

async function openMethod(
  http: HttpOptions,
  { env, now, monotonic, random }: MethodWorld,
): Promise<OpenMethod> {
  const headers = await readHeaders(http.headers, env);
  const [ca, cert, key] = await Promise.all([http.ca, http.cert, http.key].map(readPem));
  const service = await openService({
    url: http.url,
    method: http.method,
    headers,
    body: http.body,
    timeout: http.timeout,
    retries: http.retries,
    breaker: http.breaker,
    ignoreBroken: http.ignoreBroken,
    maxSockets: http.maxConnections,
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    now,
    monotonic,
    random,
  });
  const isPlain = http.url.startsWith('http:') && !/^http:\/\/(localhost|127\.|\[::1\])/.test(http.url);
  return {
    isCacheable: true,
    warnings: isPlain ? ['passwords go over http:// in the clear: use https://'] : [],
    look: async (client, context) =>
      loginOfHttp(await service.ask(valuesOf(client), { ...context, bytes: bytesOf(client) })),
    close: () => service.close(),
  };
}

/** A header may be a secret: errors name only its place. */
async function openService(options: HttpAuthOptions): Promise<HttpAuth> {
  try {
    return await openHttpAuth(options);
  } catch (error) {
    const { message } = error as Error;
    const [, header] = /^(headers\.[^:]*):/.exec(message) ?? [];
    if (message.endsWith(NO_HEADER_NAME)) throw error;
    throw header === undefined ? error : new TypeError(`${header}: unknown placeholder`);
  }
}
