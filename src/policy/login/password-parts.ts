/** Reads the parts of a password hash. Errors name the form and the part, never what stands there. */
import { decodeBase64 } from '../text/encoding.ts';
import { HashError } from './password-hash.ts';

type Groups = readonly [string, string, string, string, string, string];

/** Only groups that the pattern has are ever read; the rest of the tuple is empty text. */
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
