/** The verdict of jose, another library, on a token: the judge of our own verification. */
import { errors, type JWTVerifyOptions, jwtVerify } from 'jose';
import type { TokenKey } from '../../../src/lookup/jwt/keys.ts';
import type { TokenOptions, TokenProblem } from '../../../src/lookup/jwt/verify.ts';

export interface Judgement {
  readonly ok: boolean;
  readonly reason?: TokenProblem;
  readonly claim?: string;
}

/** @param alg what the header says, when the key may be used with it. */
export async function judge(
  token: string,
  { key }: TokenKey,
  alg: string,
  { issuer, audience, clockTolerance = 0, requireExpiry = true, now }: TokenOptions,
): Promise<Judgement> {
  const options: JWTVerifyOptions = {
    algorithms: [alg],
    clockTolerance,
    currentDate: new Date(now()),
    requiredClaims: requireExpiry ? ['exp'] : [],
    ...(issuer !== undefined && { issuer: [issuer].flat() }),
    ...(audience !== undefined && { audience: [audience].flat() }),
  };
  try {
    await jwtVerify(token, key, options);
    return { ok: true };
  } catch (error) {
    return { ok: false, ...describe(error) };
  }
}

function describe(error: unknown): Omit<Judgement, 'ok'> {
  if (error instanceof errors.JWSSignatureVerificationFailed) return { reason: 'bad_signature' };
  if (error instanceof errors.JWTExpired) return { reason: 'expired', claim: 'exp' };
  if (error instanceof errors.JWTClaimValidationFailed)
    return { reason: problemOfClaim(error.claim, error.reason), claim: error.claim };
  if (error instanceof errors.JOSEError) return { reason: 'malformed' };
  throw error;
}

function problemOfClaim(claim: string, reason: string): TokenProblem {
  if (claim === 'nbf') return reason === 'check_failed' ? 'not_yet_valid' : 'malformed';
  if (claim === 'exp') return reason === 'missing' ? 'expiry_missing' : 'malformed';
  if (claim === 'iss') return 'issuer_mismatch';
  return claim === 'aud' ? 'audience_mismatch' : 'malformed';
}
