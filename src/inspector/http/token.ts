/** The token that every request for data carries. */
import { randomBytes } from 'node:crypto';
import { type Environment, readSecret, type SecretSource } from '../../lib/secret.ts';

/** Bytes of a token that is made: 128 random bits. */
const BYTES = 16;
/** Fewer characters could be guessed. */
const MIN_LENGTH = 16;

/**
 * @param source nothing: a token is made.
 * @throws Error that names the key of the configuration to change, never the token.
 */
export async function openToken(source: SecretSource | undefined, env: Environment): Promise<string> {
  if (source === undefined) return randomBytes(BYTES).toString('base64url');
  let token: string;
  try {
    token = await readSecret(source, env);
  } catch (error) {
    throw new Error(`inspector.token: ${(error as Error).message}`);
  }
  if (token.length < MIN_LENGTH)
    throw new Error(
      `inspector.token: is shorter than ${MIN_LENGTH} characters; make one with openssl rand -hex 16`,
    );
  if (!/^[\x21-\x7e]+$/.test(token))
    throw new Error(
      'inspector.token: holds a blank or a character that no header may have; write letters and digits',
    );
  return token;
}
