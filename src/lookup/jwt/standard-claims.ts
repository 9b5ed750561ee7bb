/** Checks the claims of RFC 7519 section 4.1: issuer, audience, and validity times. */
import type { TokenOptions, TokenProblem } from './verify.ts';

export interface ClaimProblem {
  readonly reason: TokenProblem;
  readonly claim: string;
}

/** Returns nothing when all claims are valid. Missing claims are reported before wrong ones. */
export function findClaimProblem(
  claims: Readonly<Record<string, unknown>>,
  { issuer, audience, clockTolerance = 0, requireExpiry = true, now }: TokenOptions,
): ClaimProblem | undefined {
  const { iss, aud, exp } = claims;
  if (issuer !== undefined && iss === undefined) return { reason: 'issuer_mismatch', claim: 'iss' };
  if (audience !== undefined && aud === undefined) return { reason: 'audience_mismatch', claim: 'aud' };
  if (requireExpiry && exp === undefined) return { reason: 'expiry_missing', claim: 'exp' };
  if (issuer !== undefined && !listOf(issuer).includes(iss))
    return { reason: 'issuer_mismatch', claim: 'iss' };
  if (audience !== undefined && !isFor(aud, listOf(audience)))
    return { reason: 'audience_mismatch', claim: 'aud' };
  return findTimeProblem(claims, Math.floor(now() / 1000), clockTolerance);
}

function listOf(given: string | readonly string[]): readonly unknown[] {
  return typeof given === 'string' ? [given] : given;
}

function isFor(named: unknown, audience: readonly unknown[]): boolean {
  const names: readonly unknown[] = Array.isArray(named) ? named : [named];
  return names.some((name) => typeof name === 'string' && audience.includes(name));
}

/** @param now seconds since 1970 */
function findTimeProblem(
  claims: Readonly<Record<string, unknown>>,
  now: number,
  tolerance: number,
): ClaimProblem | undefined {
  const { iat, nbf, exp } = claims;
  if (!isTime(iat)) return { reason: 'malformed', claim: 'iat' };
  if (!isTime(nbf)) return { reason: 'malformed', claim: 'nbf' };
  if (nbf !== undefined && nbf > now + tolerance) return { reason: 'not_yet_valid', claim: 'nbf' };
  if (!isTime(exp)) return { reason: 'malformed', claim: 'exp' };
  if (exp !== undefined && exp <= now - tolerance) return { reason: 'expired', claim: 'exp' };
  return undefined;
}

function isTime(value: unknown): value is number | undefined {
  return value === undefined || typeof value === 'number';
}
