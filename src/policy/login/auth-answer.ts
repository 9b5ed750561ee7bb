/**
 * The response of an HTTP service to an authentication or authorization request, in the format of EMQX's HTTP
 * authenticator and authorizer.
 */
import * as z from 'zod';

export type HttpVerdict =
  | {
      readonly result: 'allow';
      readonly isSuperuser: boolean;
      readonly clientAttrs: Readonly<Record<string, string>>;
      /** The client's grants in EMQX's form, unparsed. */
      readonly acl?: unknown;
      /** Expiry of the answer, in seconds since 1970. */
      readonly expireAt?: number;
    }
  | {
      readonly result: 'deny';
      /** The reason, if the service itself did not decide. */
      readonly reason?: string;
    }
  | {
      readonly result: 'ignore';
      /** The response was invalid and counts as this verdict. It says nothing about the client. */
      readonly isBroken?: true;
    };

/** Why a response says nothing about the client. */
export interface HttpProblem {
  readonly problem: string;
  /** The service reports that it is overloaded. */
  readonly isOverloaded?: boolean;
  /** The service works, but this response is unusable. */
  readonly isUnusable?: true;
}

export interface HttpAnswer {
  readonly status: number;
  /** Without parameters; '' if absent. */
  readonly contentType: string;
  readonly body: string;
}

/** A missing result means "ignore", as in EMQX. */
const Body = z.object({
  result: z.enum(['allow', 'deny', 'ignore']).default('ignore'),
  is_superuser: z.unknown().optional(),
  client_attrs: z.unknown().optional(),
  acl: z.unknown().optional(),
  expire_at: z.unknown().optional(),
});

const Attributes = z.record(z.string(), z.string()).default({});

const ALLOW: HttpVerdict = { result: 'allow', isSuperuser: false, clientAttrs: {} };
/** Too Many Requests, Service Unavailable. [RFC 6585, section 4; RFC 9110, section 15.6.4] */
const overloadStatuses: ReadonlySet<number> = new Set([429, 503]);
const FORM = 'application/x-www-form-urlencoded';

/**
 * Interprets a response, or returns what is wrong with it. 200 counts as its body says, and 204 allows. EMQX treats
 * every other status as "ignore". Here a refusal (4xx) denies, but a failing service (5xx, 429, a malformed body) is a
 * problem: it says nothing about the client.
 */
export function readHttpAnswer(answer: HttpAnswer): HttpVerdict | HttpProblem {
  const { status } = answer;
  if (status === 204) return ALLOW;
  if (status === 200) return readBody(answer);
  if (overloadStatuses.has(status)) return { problem: `HTTP status ${status}`, isOverloaded: true };
  if (status >= 500) return { problem: `HTTP status ${status}` };
  return { result: 'ignore' };
}

function readBody({ contentType, body }: HttpAnswer): HttpVerdict | HttpProblem {
  const fields = contentType === FORM ? parseForm(body) : parseJson(body);
  const parsed = Body.safeParse(fields);
  if (!parsed.success) return unusable(parsed.error.issues[0]?.path[0]);
  const { result, is_superuser, client_attrs, acl, expire_at } = parsed.data;
  // The other fields of a refusal are ignored and may be anything.
  if (result !== 'allow') return { result };
  const attributes = Attributes.safeParse(client_attrs);
  if (!attributes.success) return unusable('client_attrs');
  const expireAt = readExpiry(expire_at);
  if (Number.isNaN(expireAt)) return { result: 'deny', reason: 'expire_at is not a whole number of seconds' };
  return {
    result,
    isSuperuser: readSuperuser(is_superuser),
    clientAttrs: attributes.data,
    ...(acl !== undefined && { acl }),
    ...(expireAt !== undefined && { expireAt }),
  };
}

function unusable(field?: PropertyKey): HttpProblem {
  const place = field === undefined ? '' : `: ${String(field)}`;
  return { problem: `the answer does not have the expected form${place}`, isUnusable: true };
}

/** Reads `is_superuser` like EMQX's `to_bool`: true for true, "true" and integers >= 1 (also as text), else false. */
export function readSuperuser(value: unknown): boolean {
  if (typeof value === 'number') return Number.isInteger(value) && value >= 1;
  if (typeof value !== 'string') return value === true;
  return value === 'true' || (/^[+-]?\d+$/.test(value) && Number(value) >= 1);
}

/** Seconds since 1970 (as text in a form body); NaN if present but not such a number. */
function readExpiry(value: unknown): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string') return /^\d+$/.test(value) ? Number(value) : Number.NaN;
  return Number.isInteger(value) ? (value as number) : Number.NaN;
}

/** A name without "=" is `true`, as in EMQX. */
function parseForm(body: string): Record<string, unknown> {
  const pairs = body.split('&').filter((pair) => pair !== '');
  const read = (pair: string) =>
    [...new URLSearchParams(pair)].map(([name, text]) => [name, pair.includes('=') ? text : true]);
  return Object.fromEntries(pairs.flatMap(read)) as Record<string, unknown>;
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
