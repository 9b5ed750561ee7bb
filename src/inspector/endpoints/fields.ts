/** Reads the fields of a request's body. */
import { RequestError } from '../http/api-error.ts';

type Fields = Readonly<Record<string, unknown>>;

/** @throws RequestError */
export function readText(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value !== 'string') throw new RequestError('bad_request', `${name}: write a text`);
  return value;
}

/** @throws RequestError */
export function readNumber(
  fields: Fields,
  name: string,
  { min, max, standard }: { readonly min: number; readonly max: number; readonly standard: number },
): number {
  const value = fields[name] ?? standard;
  if (!Number.isInteger(value) || (value as number) < min || (value as number) > max)
    throw new RequestError('bad_request', `${name}: write a whole number from ${min} to ${max}`);
  return value as number;
}
