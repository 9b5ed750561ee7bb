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
  | { readonly result: 'deny' }
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
}

export interface HttpAnswer {
  readonly status: number;
  /** Without parameters; '' when there is none. */
  readonly contentType: string;
  readonly body: string;
}

const Flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]);

const Body = z.object({
  result: z.enum(['allow', 'deny', 'ignore']),
  is_superuser: Flag.default(false),
  client_attrs: z.record(z.string(), z.string()).default({}),
  acl: z.unknown().optional(),
  expire_at: z.coerce.number().int().optional(),
});

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
  const fields = contentType === FORM ? Object.fromEntries(new URLSearchParams(body)) : parseJson(body);
  const parsed = Body.safeParse(fields);
  if (!parsed.success) return { problem: `the answer is not of the expected form${pathOf(parsed.error)}` };
  const { result, is_superuser, client_attrs, acl, expire_at } = parsed.data;
  if (result !== 'allow') return { result };
  return {
    result,
    isSuperuser: is_superuser,
    clientAttrs: client_attrs,
    ...(acl !== undefined && { acl }),
    ...(expire_at !== undefined && { expireAt: expire_at }),
  };
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function pathOf(error: z.ZodError): string {
  const path = error.issues[0]?.path[0];
  return path === undefined ? '' : `: ${String(path)}`;
}
