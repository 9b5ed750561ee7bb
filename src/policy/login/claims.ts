/** Compares the claims of a token with the client that presents it. */
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

/** Placeholders in templates of claims. */
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
 * Returns the path of the first claim that does not equal its text, or `undefined`. Numbers and booleans are compared
 * as text (a rounded number equals nothing). A list matches if one of its elements does. A client without the value
 * that a template names never matches: a claim of "" must not match every client without a user name.
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
 * Reads a claim by its name or by a dotted path (`realm_access.roles`). At each step, the whole name is tried first
 * because names may contain dots: `https://example.com/roles`, or Keycloak clients in `resource_access.my.app.roles`.
 * Reads own properties only.
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

/** Reads the tags of a claim in any form of tags; none if the claim is missing. */
export function tagsOfClaim(claims: Claims, path: string): ReadTags | undefined {
  return readTags(readClaim(claims, path));
}
