/** Finds the endpoint for a method and a path such as `/api/calls/:seq`. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { RequestError } from './api-error.ts';

export interface ApiRequest {
  /** By the names of the path's parameters. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Of POST, empty otherwise. */
  readonly body: Buffer;
  /** Aborted when the caller goes. */
  readonly signal: AbortSignal;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

export interface Endpoint {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  /** Most bytes of the body. Default: {@link MAX_BODY}. */
  readonly maxBody?: number;
  /** Needs `exhook dev`. */
  readonly isDev?: boolean;
  /** Returns what becomes JSON, a TextAnswer, or nothing when it has answered by itself. */
  answer(request: ApiRequest): unknown;
}

export interface Routed {
  readonly endpoint: Endpoint;
  readonly params: Readonly<Record<string, string>>;
}

interface Route {
  readonly endpoint: Endpoint;
  readonly segments: readonly string[];
}

/** @returns a function that throws RequestError where there is no such endpoint. */
export function createRouter(endpoints: readonly Endpoint[]): (method: string, path: string) => Routed {
  const routes = endpoints.map((endpoint): Route => ({ endpoint, segments: endpoint.path.split('/') }));
  return (method, path) => {
    const segments = path.split('/');
    const found = routes.flatMap(({ endpoint, segments: wanted }) => {
      const params = match(wanted, segments);
      return params === undefined ? [] : [{ endpoint, params }];
    });
    if (found.length === 0) throw new RequestError('not_found', 'there is no such path');
    const asked = method === 'HEAD' ? 'GET' : method;
    const routed = found.find(({ endpoint }) => endpoint.method === asked);
    if (routed !== undefined) return routed;
    const methods = found.map(({ endpoint }) => endpoint.method).join(', ');
    throw new RequestError('wrong_method', `this path takes ${methods}`);
  };
}

function match(wanted: readonly string[], given: readonly string[]): Record<string, string> | undefined {
  if (wanted.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [i, segment] of wanted.entries()) {
    const text = given[i] ?? '';
    if (!segment.startsWith(':')) {
      if (segment !== text) return undefined;
    } else {
      const decoded = decode(text);
      if (decoded === undefined || decoded === '') return undefined;
      params[segment.slice(1)] = decoded;
    }
  }
  return params;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
