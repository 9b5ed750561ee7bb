/**
 * Provides keys from a JWK Set behind a URL: cached, refreshed before they are old, fetched again when a
 * token names an unknown key, and kept in use while the source is down.
 */

import { backoff } from '../../lib/backoff.ts';
import { withTimeLimit } from '../../lib/with-timeout.ts';
import { Failure } from '../../protocol/failure.ts';
import { withCallerSignal } from '../deadline.ts';
import { type HttpClientOptions, openHttpClient } from '../http/http-client.ts';
import { allowAlgorithms, publicKeyAlgorithms, secretAlgorithms } from './algorithms.ts';
import { indexKeySet, type KeySet } from './key-set.ts';
import type { TokenKeys } from './keys.ts';

export interface JwksOptions extends Pick<HttpClientOptions, 'ca' | 'cert' | 'key'> {
  readonly url: string;
  /**
   * Default: all that the keys can verify. Naming an HMAC algorithm admits secrets (`oct`) beside public
   * keys.
   */
  readonly algorithms?: readonly string[];
  /** Sent with each request, such as an API key. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Keys older than this are refreshed in the background. Default: 600,000 ms (10 minutes). */
  readonly maxAge?: number;
  /** Keys older than this are not used, even while the source is down. Default: 86,400,000 ms (a day). */
  readonly maxStale?: number;
  /**
   * Minimum time between two requests: many tokens with unknown keys cause one request. Default: 30,000 ms.
   */
  readonly cooldown?: number;
  /** Time limit for an answer. Default: 3,000 ms. */
  readonly timeout?: number;
  /** Default: 1 MiB. */
  readonly maxBytes?: number;
  /** Default: 1,000. */
  readonly maxKeys?: number;
  /** Milliseconds; only differences count. */
  readonly now: () => number;
  /** Called for every failed request. The message names the host. */
  readonly onProblem?: (message: string) => void;
}

export interface JwksKeys extends TokenKeys {
  /** Fetches the keys now. The promise never rejects; errors go to `onProblem`. */
  refresh(): Promise<void>;
  /** Number of keys, and their age in milliseconds. */
  readonly state: { readonly size: number; readonly age: number | undefined };
}

/** After a failure the next request is made sooner than after a success: first after one second. */
const FIRST_RETRY = 1000;

/**
 * Opens the keys of a JWK Set. Await it before the port opens: it loads the HTTP client.
 *
 * @throws TypeError when the options are invalid. An unreachable source is not an error: it may come back.
 */
export async function openJwksKeys(options: JwksOptions): Promise<JwksKeys> {
  const { maxAge = 600_000, maxStale = 86_400_000, cooldown = 30_000, now } = options;
  const algorithms = allowAlgorithms(options.algorithms, [...publicKeyAlgorithms, ...secretAlgorithms]);
  const source = await openSource(options);
  let set: KeySet | undefined;
  let loadedAt = 0;
  let nextAt = Number.NEGATIVE_INFINITY;
  let failures = 0;
  let pending: Promise<void> | undefined;

  function refresh(): Promise<void> {
    pending ??= load().finally(() => {
      pending = undefined;
    });
    return pending;
  }

  async function load(): Promise<void> {
    // The cool-down runs from the start of a request: a slow source is not asked more often.
    const startedAt = now();
    nextAt = startedAt + cooldown;
    try {
      set = await source.fetch();
      loadedAt = startedAt;
      failures = 0;
    } catch (error) {
      nextAt = startedAt + backoff(++failures, { first: FIRST_RETRY, longest: cooldown });
      options.onProblem?.(error instanceof Error ? error.message : 'unknown error');
    }
  }

  /** Fetches again or joins a fetch in progress; nothing during the cool-down. */
  function refreshIfDue(): Promise<void> | undefined {
    return pending ?? (now() >= nextAt ? refresh() : undefined);
  }

  function usable(): KeySet | undefined {
    return set !== undefined && now() - loadedAt < maxStale ? set : undefined;
  }

  return {
    algorithms,
    refresh,
    async find(header, signal) {
      if (usable() === undefined) await withCallerSignal(refreshIfDue() ?? Promise.resolve(), signal);
      else if (now() - loadedAt >= maxAge) void refreshIfDue();
      const current = usable();
      if (current === undefined) throw new Failure('lookup_failed', `no keys from ${source.host}`);
      const found = current.find(header);
      if (header.kid === undefined || !(found.length === 0 || current.lacks(header.kid))) return found;
      // The keys may have been rotated a moment ago.
      await withCallerSignal(refreshIfDue() ?? Promise.resolve(), signal);
      return (usable() ?? current).find(header);
    },
    close: () => source.close(),
    get state() {
      return { size: set?.size ?? 0, age: set === undefined ? undefined : now() - loadedAt };
    },
  };
}

/** RFC 7517 section 8.5.2; most servers send plain JSON. */
const ACCEPT = 'application/jwk-set+json, application/json';

interface Source {
  readonly host: string;
  fetch(): Promise<KeySet>;
  close(): void;
}

async function openSource(options: JwksOptions): Promise<Source> {
  const { headers, timeout = 3000, maxBytes = 1024 * 1024, maxKeys = 1000, ca, cert, key } = options;
  const url = URL.canParse(options.url) ? new URL(options.url) : undefined;
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:')
    throw new TypeError('"jwks" must be an http(s) URL');
  const wantsSecrets = options.algorithms?.some((name) => secretAlgorithms.includes(name)) ?? false;
  const tls = { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
  const client = await openHttpClient({
    maxSockets: 1,
    maxResponseBytes: maxBytes,
    connectTimeout: timeout,
    ...tls,
  });
  return {
    host: url.host,
    async fetch() {
      const { status, body } = await withTimeLimit(undefined, timeout, (signal) =>
        client.request({ method: 'GET', url, headers: { accept: ACCEPT, ...headers }, signal }),
      );
      if (status !== 200)
        throw new Failure('lookup_failed', `no keys from ${url.host}: HTTP status ${status}`);
      return indexKeySet(parseJson(body, url.host), maxKeys, wantsSecrets);
    },
    close: () => client.close(),
  };
}

function parseJson(text: string, host: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Failure('lookup_failed', `no keys from ${host}: not JSON`);
  }
}
