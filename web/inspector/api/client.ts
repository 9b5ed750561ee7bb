/** Asks the inspector's API. */
import type { ApiError as ErrorBody, Place, PolicyProblem } from '../../../src/inspector/api.ts';
import { signOut, token } from './session.ts';

/** An answer that is not 2xx: what the server says is wrong, and where. */
export class RequestError extends Error {
  readonly status: number;
  readonly code: string;
  readonly where: Place | undefined;
  /** Of `invalid_policy`. */
  readonly problems: readonly PolicyProblem[];

  constructor(status: number, body: Partial<ErrorBody> & { readonly problems?: readonly PolicyProblem[] }) {
    super(body.message || `the inspector answered ${status}`);
    this.status = status;
    this.code = body.code ?? 'unknown';
    this.where = body.where;
    this.problems = body.problems ?? [];
  }
}

type Query = Readonly<Record<string, string | number | undefined>>;

/** A path with its query; what is undefined or empty is left out. */
export function withQuery(path: string, query: Query): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  if (given.length === 0) return path;
  return `${path}?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`;
}

/** @throws RequestError; a `TypeError` of fetch when the server cannot be reached. */
export async function open(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set('authorization', `Bearer ${token.peek()}`);
  const response = await fetch(path, { ...init, headers, cache: 'no-store', credentials: 'omit' });
  if (response.ok) return response;
  const error = new RequestError(response.status, await readError(response));
  if (response.status === 401) signOut(error.message);
  throw error;
}

export async function get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  const response = await open(withQuery(path, query), signal ? { signal } : {});
  return (await response.json()) as T;
}

export async function post<T>(path: string, body: unknown, signal?: AbortSignal): Promise<T> {
  const response = await open(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    ...(signal && { signal }),
  });
  return (await response.json()) as T;
}

async function readError(response: Response): Promise<Partial<ErrorBody>> {
  try {
    return (await response.json()) as Partial<ErrorBody>;
  } catch {
    return {};
  }
}

/** For people: what went wrong, where, and what to do when the server does not answer. */
export function describeError(error: unknown): string {
  if (error instanceof RequestError)
    return [describePlace(error.where), error.message].filter(Boolean).join(': ');
  if (error instanceof TypeError) return 'The inspector does not answer: is exhook running?';
  return error instanceof Error ? error.message : String(error);
}

/** `policy.yaml:12:3`, `line 3`, `authorize.rules[2]`, or nothing. */
export function describePlace(place: Place | undefined): string {
  if (place === undefined) return '';
  const { file, line, column, path } = place;
  if (file !== undefined) return [file, line, column].filter((part) => part !== undefined).join(':');
  if (line !== undefined && line > 1) return `line ${line}`;
  return path ?? (column === undefined ? '' : `character ${column}`);
}
