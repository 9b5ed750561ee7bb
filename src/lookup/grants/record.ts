/** Serializes a grant as text, for a store outside this process. */
import * as z from 'zod';
import { RuleSchema } from '../../policy/topics/rule-schema.ts';
import { Failure } from '../../protocol/failure.ts';
import type { Grant } from '../../protocol/schema/decision.ts';
import type { Grantee } from './store.ts';

/** Version of the format. Other versions are not read, because their grants could be misunderstood. */
const VERSION = 1;

/** Rules are validated again: a writer to the store must not be able to crash its readers. */
const GrantRecord = z.strictObject({
  v: z.literal(VERSION),
  username: z.string(),
  tags: z.record(z.string(), z.string()),
  // Grants have no conditions: they would not have been compiled.
  rules: z.array(RuleSchema.refine(({ when }) => when === undefined)).optional(),
  expiresAt: z.number().optional(),
});

/** A grant and its client. */
export interface OwnedGrant {
  readonly username: string;
  readonly grant: Grant;
}

export function writeGrant({ username }: Pick<Grantee, 'username'>, grant: Grant): string {
  const { tags, rules, expiresAt } = grant;
  return JSON.stringify({ v: VERSION, username, tags, rules, expiresAt });
}

/** @throws Failure `lookup_failed` when the text is not a grant of this version. */
export function readGrant(text: string): OwnedGrant {
  const read = GrantRecord.safeParse(parse(text));
  if (!read.success)
    throw new Failure('lookup_failed', 'a grant in the shared store is not one that this version wrote');
  const { username, tags, rules, expiresAt } = read.data;
  return { username, grant: { tags, rules, expiresAt } };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Returns `PREFIX NODE : CLIENT ID`. "%" and ":" are escaped in both, so keys are unique and readable. */
export function recordKeyOf(prefix: string, { node, clientid }: Grantee): string {
  return `${prefix}${escapePart(node)}:${escapePart(clientid)}`;
}

function escapePart(part: string): string {
  return part.replaceAll('%', '%25').replaceAll(':', '%3A');
}
