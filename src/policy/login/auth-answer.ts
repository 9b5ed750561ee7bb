/**
 * The answer of an HTTP service to "may this client log in, or do this?", as EMQX's HTTP authenticator and
 * authorizer define it.
 */
import * as z from 'zod';

export type HttpVerdict =
  | {
      readonly result: 'allow';
      readonly isSuperuser: boolean;
      readonly clientAttrs: Readonly<Record<string, string>>;
      /** The client's grants in EMQX's form, not looked into. */
      readonly acl?: unknown;
      /** Seconds since 1970 when the answer ends. */
      readonly expireAt?: number;
    }
  | {
      readonly result: 'deny';
      /** Why, when it is not the service that said so. */
      readonly reason?: string;
    }
  | {
      readonly result: 'ignore';
      /** The answer was broken and is taken as this: it says nothing about the client. */
      readonly isBroken?: true;
    };

/** Why an answer says nothing about the client. */
export interface HttpProblem {
  readonly problem: string;
  /** Whether the service says that it has too much to do. */
  readonly isOverloaded?: boolean;
  /** Whether the service works, and only this answer is of no use. */
  readonly isUnusable?: true;
}

export interface HttpAnswer {
  readonly status: number;
  /** Without parameters; '' when there is none. */
  readonly contentType: string;
  readonly body: string;
}

/** Nothing means "ignore", as in EMQX. */
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
 * What an answer means, or what is wrong with it. 200 with a body that says so, and 204, which allows; EMQX
 * takes everything else as "ignore". A refusal of the service (4xx) is one here too, but a service that is
 * broken (5xx, 429, a body that is no answer) is a problem: it said nothing about the client.
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
  // What else a refusal says does not matter, and may be anything.
  if (result !== 'allow') return { result };
  const attributes = Attributes.safeParse(client_attrs);
  if (!attributes.success) return unusable('client_attrs');
  const expireAt = readExpiry(expire_at);
  if (Number.isNaN(expireAt)) return { result: 'deny', reason: 'expire_at is no whole number of seconds' };
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
  return { problem: `the answer is not of the expected form${place}`, isUnusable: true };
}

/** What `is_superuser` says, as EMQX's `to_bool` reads it: true, "true", and whole numbers from 1 on, also as text; everything else is false. */
export function readSuperuser(value: unknown): boolean {
  if (typeof value === 'number') return Number.isInteger(value) && value >= 1;
  if (typeof value !== 'string') return value === true;
  return value === 'true' || (/^[+-]?\d+$/.test(value) && Number(value) >= 1);
}

/** Seconds since 1970, in a form as text; NaN for what is there and no such number. */
function readExpiry(value: unknown): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string') return /^\d+$/.test(value) ? Number(value) : Number.NaN;
  return Number.isInteger(value) ? (value as number) : Number.NaN;
}

/** A name without "=" is `true`, as EMQX reads it. */
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
