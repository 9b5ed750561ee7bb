/** Reads the parts of a password hash. Errors name the form and the part, never the value. */
import { decodeBase64 } from '../text/encoding.ts';
import { HashError } from './password-hash.ts';

type Groups = readonly [string, string, string, string, string, string];

/** Groups that the pattern lacks are empty texts. */
export function match(what: string, pattern: RegExp, text: string, hint: string): Groups {
  const found = pattern.exec(text);
  if (found === null) throw new HashError(`${what} is malformed: ${hint}`);
  const [all = '', a = '', b = '', c = '', d = '', e = ''] = found;
  return [all, a, b, c, d, e];
}

export function base64Bytes(what: string, text: string, atLeast: number): Uint8Array {
  const bytes = decodeBase64(text);
  if (bytes === undefined) throw new HashError(`${what} is not base64`);
  if (bytes.length < atLeast) throw new HashError(`${what} is too short: expected at least ${atLeast} bytes`);
  return bytes;
}

export function within(what: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!(value >= least && value <= most))
    throw new HashError(`${what} is out of range: expected ${least} to ${most}`);
  return value;
}
