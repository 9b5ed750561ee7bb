/** What a token says, compared with who presents it. */
import { isRounded } from '../text/exact-json.ts';
import {
  compileText,
  isComplete,
  renderText,
  type TextTemplate,
  type TextValues,
} from '../text/text-template.ts';
import { type ReadTags, readTags } from './tags.ts';

export type Claims = Readonly<Record<string, unknown>>;

/** The values that templates of claims may name. */
export const claimNames = ['clientid', 'username', 'peerhost', 'cert_common_name', 'cert_subject'] as const;

/** A claim that must equal a text. */
export interface ClaimRule {
  readonly path: string;
  readonly expected: TextTemplate;
}

/**
 * Compiles `claims` of the configuration, such as `{ sub: '${clientid}' }`.
 *
 * @throws TypeError naming the claim whose template has an unknown placeholder.
 */
export function compileClaims(config: Readonly<Record<string, string>>): readonly ClaimRule[] {
  return Object.entries(config).map(([path, text]) => ({ path, expected: compileClaim(path, text) }));
}

function compileClaim(path: string, text: string): TextTemplate {
  try {
    return compileText(text, claimNames);
  } catch (error) {
    throw new TypeError(`claims.${path}: ${error instanceof Error ? error.message : ''}`, { cause: error });
  }
}

/**
 * The path of the first claim that does not equal its text, or `undefined`. Numbers and booleans count as the
 * text they are written as (one that was rounded equals nothing); a list matches if one of its elements does. A client without the value that a
 * template names never matches: a claim of "" is not the claim of all who have no user name.
 */
export function findClaimMismatch(
  claims: Claims,
  rules: readonly ClaimRule[],
  values: TextValues,
): string | undefined {
  return rules.find(({ path, expected }) => !matches(readClaim(claims, path), expected, values))?.path;
}

function matches(claim: unknown, expected: TextTemplate, values: TextValues): boolean {
  if (!isComplete(expected, values)) return false;
  const text = renderText(expected, values);
  return (Array.isArray(claim) ? claim : [claim]).some(
    (value) => isScalar(value) && !isRounded(value) && String(value) === text,
  );
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

/**
 * Reads a claim by its name, or by a path with dots (`realm_access.roles`). A name comes first, since names
 * may have dots themselves, at each place of a path: `https://example.com/roles`, and clients of Keycloak in
 * `resource_access.my.app.roles`. Own properties only.
 */
export function readClaim(claims: Claims, path: string): unknown {
  if (Object.hasOwn(claims, path)) return claims[path];
  for (let dot = path.indexOf('.'); dot !== -1; dot = path.indexOf('.', dot + 1)) {
    const name = path.slice(0, dot);
    const inner = Object.hasOwn(claims, name) ? claims[name] : undefined;
    const found = isObject(inner) ? readClaim(inner, path.slice(dot + 1)) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

function isObject(value: unknown): value is Claims {
  return typeof value === 'object' && value !== null;
}

/** The tags that a claim holds, in any form that tags have; none when there is no such claim. */
export function tagsOfClaim(claims: Claims, path: string): ReadTags | undefined {
  return readTags(readClaim(claims, path));
}
