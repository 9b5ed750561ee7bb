/** Keywords for any value. */
import type { Check, Run } from '../check.ts';
import { isJsonEqual } from '../equal.ts';
import { type AnyNumber, canonicalNumber, isSameScalar } from '../number.ts';
import type { Part, Site, TypeName } from '../site.ts';

type TypeTest = (value: unknown) => boolean;

const typeTests: Readonly<Record<TypeName, TypeTest>> = {
  null: (value) => value === null,
  boolean: (value) => typeof value === 'boolean',
  // Binary formats have NaN and infinities; JSON does not.
  number: (value) => Number.isFinite(value) || typeof value === 'bigint',
  integer: (value) => Number.isInteger(value) || typeof value === 'bigint',
  string: (value) => typeof value === 'string',
  array: Array.isArray,
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
};

export function type(wanted: TypeName | readonly TypeName[], site: Site): Part {
  const names = typeof wanted === 'string' ? [wanted] : [...wanted];
  if (site.keyword('nullable') === true && !names.includes('null')) names.push('null');
  const message = `must be ${names.join(',')}`;
  const [first, second] = names;
  if (first !== undefined && names.length === 1) {
    const test = typeTests[first];
    return { ...any((value, run) => test(value) || run.fail('type', message)), narrows: first };
  }
  const tests = names.map((name) => typeTests[name]);
  if (first === undefined || second === undefined || names.length > 2)
    return any((value, run) => tests.some((test) => test(value)) || run.fail('type', message));
  const [either, or] = [typeTests[first], typeTests[second]];
  return any((value, run) => either(value) || or(value) || run.fail('type', message));
}

const NOT_CONSTANT = 'must be equal to constant';

function constant(wanted: unknown): Part {
  if (!isObject(wanted))
    return any((value, run) => isSameScalar(value, wanted) || run.fail('const', NOT_CONSTANT));
  return any((value, run) => isJsonEqual(value, wanted, run) || run.fail('const', NOT_CONSTANT));
}

/** Up to this many values, comparing is faster than hashing a text. */
const FEW = 4;

/** A set distinguishes bigint and number, although both may be the same integer beyond 2^53. */
function amongScalars(scalars: ReadonlySet<unknown>): (value: unknown) => boolean {
  const large = new Set([...scalars].filter(isLarge).map(canonicalNumber));
  const isAmong = scalars.size <= FEW ? includesOf([...scalars]) : (value: unknown) => scalars.has(value);
  if (large.size === 0) return isAmong;
  return (value) => isAmong(value) || (isLarge(value) && large.has(canonicalNumber(value)));
}

function isLarge(value: unknown): value is AnyNumber {
  return typeof value === 'bigint' || (Number.isInteger(value) && !Number.isSafeInteger(value));
}

const includesOf = (list: readonly unknown[]) => (value: unknown) => list.includes(value);

/** A list of texts and numbers may be long. */
function oneOfValues(allowed: readonly unknown[]): Part {
  const scalars = new Set(allowed.filter((each) => !isObject(each)));
  const objects = allowed.filter(isObject);
  const message = 'must be equal to one of the allowed values';
  if (objects.length === 0) {
    const isAmong = amongScalars(scalars);
    return any((value, run) => isAmong(value) || run.fail('enum', message));
  }
  const isAmongScalars = amongScalars(scalars);
  const isAllowed = (value: unknown, run: Run): boolean =>
    isObject(value) ? objects.some((each) => isJsonEqual(value, each, run)) : isAmongScalars(value);
  return any((value, run) => isAllowed(value, run) || run.fail('enum', message));
}

export { constant as const, oneOfValues as enum };

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

const any = (check: Check): Part => ({ kind: 'any', check });
