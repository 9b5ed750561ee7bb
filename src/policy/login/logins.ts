/** What a good token, a user's record or the answer of an HTTP service is worth to the client that brought it. */
import type { Grant } from '../../protocol/schema/decision.ts';
import type { MethodAnswer } from '../policy.ts';
import { parseGrants } from '../topics/grants.ts';
import { type HttpVerdict, readSuperuser } from './auth-answer.ts';
import { type Claims, readClaim, tagsOfClaim } from './claims.ts';
import { parseTags, type ReadTags, type Tags, withTag } from './tags.ts';

const noTags: Tags = Object.create(null);

/** Nothing is remembered of a client that brings nothing. */
function admit(tags: Tags, rules: Grant['rules'], expiresAt: number | undefined): MethodAnswer {
  return { result: 'allow', grant: { tags, rules, expiresAt } };
}

/** Which claims mean something, and for how long after `exp`. */
export interface ClaimOptions {
  readonly tags?: string | undefined;
  readonly acl: string;
  /** Seconds by which clocks may differ. Default: 0. */
  readonly clockTolerance?: number;
}

const NO_TAGS: ReadTags = { tags: noTags, skipped: 0 };

/** A login by token, and how many entries of its claim could be no tags. */
export interface ClaimsLogin {
  readonly answer: MethodAnswer;
  readonly skippedTags: number;
}

/**
 * A token whose grants cannot be read admits nobody: what it was meant to allow, or to deny, is not known. Roles that
 * can be no tag are passed over: no rule can ask for them.
 */
export function loginOfClaims(claims: Claims, options: ClaimOptions): ClaimsLogin {
  const read = options.tags === undefined ? NO_TAGS : tagsOfClaim(claims, options.tags);
  if (read === undefined)
    return { answer: { result: 'deny', reason: `claim ${options.tags} holds no tags` }, skippedTags: 0 };
  const tags = withSuperuser(read.tags, readSuperuser(readClaim(claims, 'is_superuser')));
  const acl = readClaim(claims, options.acl);
  // A token that grants nothing was for the login only: nothing ends with it.
  const isGranting = acl !== undefined || Object.keys(tags).length > 0;
  const expiresAt = isGranting ? expiryOf(claims, options.clockTolerance) : undefined;
  return { answer: withGrants(acl, tags, expiresAt), skippedTags: read.skipped };
}

/** As late as the token itself is accepted: a client that is let in may do what it was granted. */
function expiryOf({ exp }: Claims, clockTolerance = 0): number | undefined {
  return typeof exp === 'number' ? (exp + clockTolerance) * 1000 : undefined;
}

/** ExHook can make no superuser; rules decide what the tag is worth. */
function withSuperuser(tags: Tags, isSuperuser: boolean): Tags {
  return isSuperuser ? withTag(tags, 'superuser') : tags;
}

/** What EMQX takes as a name of an attribute, and what names of tags are. */
const ATTRIBUTE = /^[A-Za-z0-9][A-Za-z0-9_.:-]*$/;

/** `client_attrs` become tags; superusers get the tag `superuser`, since ExHook can make none. */
export function loginOfHttp(verdict: HttpVerdict): MethodAnswer {
  if (verdict.result === 'deny')
    return { result: 'deny', reason: verdict.reason ?? 'the HTTP service denies it' };
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

/** Only the place: what stands there came from outside. */
function aclPlace(problem: string): string {
  return problem.split(':', 1)[0] ?? 'acl';
}
