/** What a good token, a user's record or the answer of an HTTP service is worth to the client that brought it. */
import type { Grant } from '../schema/decision.ts';
import type { HttpVerdict } from './auth-answer.ts';
import { type Claims, readClaim, tagsOfClaim } from './claims.ts';
import { parseGrants } from './grants.ts';
import type { MethodAnswer } from './policy.ts';
import { parseTags, type Tags, withTag } from './tags.ts';

const noTags: Tags = Object.create(null);

/** Nothing is remembered of a client that brings nothing. */
function admit(tags: Tags, rules: Grant['rules'], expiresAt: number | undefined): MethodAnswer {
  return { result: 'allow', grant: { tags, rules, expiresAt } };
}

/** Which claims mean something. */
export interface ClaimNames {
  readonly tags?: string | undefined;
  readonly acl: string;
}

/** A token whose grants cannot be read admits nobody: what it was meant to allow, or to deny, is not known. */
export function loginOfClaims(claims: Claims, names: ClaimNames): MethodAnswer {
  const tags = names.tags === undefined ? noTags : tagsOfClaim(claims, names.tags);
  if (tags === undefined) return { result: 'deny', reason: `claim ${names.tags} holds no tags` };
  const { exp } = claims;
  const acl = readClaim(claims, names.acl);
  // A token that grants nothing was for the login only: nothing ends with it.
  const isGranting = acl !== undefined || Object.keys(tags).length > 0;
  const expiresAt = isGranting && typeof exp === 'number' ? exp * 1000 : undefined;
  return withGrants(acl, tags, expiresAt);
}

/** `client_attrs` become tags; superusers get the tag `superuser`, since ExHook can make none. */
export function loginOfHttp(verdict: HttpVerdict): MethodAnswer {
  if (verdict.result === 'deny')
    return { result: 'deny', reason: verdict.reason ?? 'the HTTP service denies it' };
  if (verdict.result === 'ignore')
    return { result: 'unknown', ...(verdict.isBroken && { isBroken: true, reason: 'no usable answer' }) };
  const attributes = Object.entries(verdict.clientAttrs).filter(
    ([name, value]) => parseTags({ [name]: value }) !== undefined,
  );
  const tags = parseTags(Object.fromEntries(attributes)) ?? noTags;
  const expiresAt = verdict.expireAt === undefined ? undefined : verdict.expireAt * 1000;
  return withGrants(verdict.acl, verdict.isSuperuser ? withTag(tags, 'superuser') : tags, expiresAt);
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

/** Only the place: what stands there came from outside. */
function aclPlace(problem: string): string {
  return problem.split(':', 1)[0] ?? 'acl';
}
