/** Turns a valid token, a user record or the response of an HTTP service into a login. */
import type { Grant } from '../../protocol/schema/decision.ts';
import type { MethodAnswer } from '../policy.ts';
import { parseGrants } from '../topics/grants.ts';
import { type HttpVerdict, readSuperuser } from './auth-answer.ts';
import { type Claims, readClaim, tagsOfClaim } from './claims.ts';
import { parseTags, type ReadTags, type Tags, withTag } from './tags.ts';

const noTags: Tags = Object.create(null);

/** A login without tags or rules needs no stored grant. */
function admit(tags: Tags, rules: Grant['rules'], expiresAt: number | undefined): MethodAnswer {
  return { result: 'allow', grant: { tags, rules, expiresAt } };
}

/** Which claims are used, and how long after `exp` they count. */
export interface ClaimOptions {
  readonly tags?: string | undefined;
  readonly acl: string;
  /** Allowed clock skew, in seconds. Default: 0. */
  readonly clockTolerance?: number;
}

const NO_TAGS: ReadTags = { tags: noTags, skipped: 0 };

/** A login by token, and the number of claim entries that are not valid tags. */
export interface ClaimsLogin {
  readonly answer: MethodAnswer;
  readonly skippedTags: number;
}

/**
 * Rejects a token whose grants cannot be read: what it allows or denies is unknown. Roles that are not valid tags are
 * skipped: no rule can ask for them.
 */
export function loginOfClaims(claims: Claims, options: ClaimOptions): ClaimsLogin {
  const read = options.tags === undefined ? NO_TAGS : tagsOfClaim(claims, options.tags);
  if (read === undefined)
    return {
      answer: { result: 'deny', reason: `claim ${options.tags} does not contain tags` },
      skippedTags: 0,
    };
  const tags = withSuperuser(read.tags, readSuperuser(readClaim(claims, 'is_superuser')));
  const acl = readClaim(claims, options.acl);
  // A token without grants is for the login only, so its expiry ends nothing.
  const isGranting = acl !== undefined || Object.keys(tags).length > 0;
  const expiresAt = isGranting ? expiryOf(claims, options.clockTolerance) : undefined;
  return { answer: withGrants(acl, tags, expiresAt), skippedTags: read.skipped };
}

/** Expiry with clock tolerance, as for the token itself: an admitted client may use what it was granted. */
function expiryOf({ exp }: Claims, clockTolerance = 0): number | undefined {
  return typeof exp === 'number' ? (exp + clockTolerance) * 1000 : undefined;
}

/** ExHook cannot grant superuser rights. Rules decide what the tag allows. */
function withSuperuser(tags: Tags, isSuperuser: boolean): Tags {
  return isSuperuser ? withTag(tags, 'superuser') : tags;
}

/** Valid names of EMQX attributes and of tags. */
const ATTRIBUTE = /^[A-Za-z0-9][A-Za-z0-9_.:-]*$/;

/** `client_attrs` become tags. Superusers get the tag `superuser`, since ExHook cannot grant superuser rights. */
export function loginOfHttp(verdict: HttpVerdict): MethodAnswer {
  if (verdict.result === 'deny')
    return { result: 'deny', reason: verdict.reason ?? 'the HTTP service denied the login' };
  if (verdict.result === 'ignore')
    return { result: 'unknown', ...(verdict.isBroken && { isBroken: true, reason: 'no usable answer' }) };
  const attributes = Object.entries(verdict.clientAttrs).filter(
    ([name, value]) => ATTRIBUTE.test(name) && parseTags({ [name]: value }) !== undefined,
  );
  const tags = parseTags(Object.fromEntries(attributes)) ?? noTags;
  const expiresAt = verdict.expireAt === undefined ? undefined : verdict.expireAt * 1000;
  return withGrants(verdict.acl, withSuperuser(tags, verdict.isSuperuser), expiresAt);
}

/** A user of a file: tags, and no grants. */
export function loginOfUser(tags: Tags): MethodAnswer {
  return admit(tags, undefined, undefined);
}

function withGrants(acl: unknown, tags: Tags, expiresAt: number | undefined): MethodAnswer {
  if (acl === undefined || acl === null) return admit(tags, undefined, expiresAt);
  const grants = parseGrants(acl);
  if ('problem' in grants)
    return { result: 'deny', reason: `cannot use the grants: ${aclPlace(grants.problem)}` };
  return admit(tags, grants.rules, expiresAt);
}

/** Returns only the place: the rest of the text comes from outside. */
function aclPlace(problem: string): string {
  return problem.split(':', 1)[0] ?? 'acl';
}
