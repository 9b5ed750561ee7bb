/** Keywords for numbers. */
import { multipleTest } from '../../../lib/decimal-multiple.ts';
import type { Check } from '../check.ts';
import type { AnyNumber } from '../number.ts';
import type { Part, Site } from '../site.ts';

// Written to fail for NaN, which CBOR and MessagePack have.
function atLeast(limit: AnyNumber): Part {
  const message = `must be >= ${limit}`;
  return number((value, run) => (value as AnyNumber) >= limit || run.fail('minimum', message));
}

function atMost(limit: AnyNumber): Part {
  const message = `must be <= ${limit}`;
  return number((value, run) => (value as AnyNumber) <= limit || run.fail('maximum', message));
}

function above(limit: AnyNumber): Part {
  const message = `must be > ${limit}`;
  return number((value, run) => (value as AnyNumber) > limit || run.fail('exclusiveMinimum', message));
}

function below(limit: AnyNumber): Part {
  const message = `must be < ${limit}`;
  return number((value, run) => (value as AnyNumber) < limit || run.fail('exclusiveMaximum', message));
}

/** In draft 04, `exclusiveMinimum` is a boolean that changes the meaning of `minimum`. */
export const minimum = (limit: AnyNumber, site: Site): Part =>
  site.keyword('exclusiveMinimum') === true ? above(limit) : atLeast(limit);

export const maximum = (limit: AnyNumber, site: Site): Part =>
  site.keyword('exclusiveMaximum') === true ? below(limit) : atMost(limit);

export const exclusiveMinimum = (limit: AnyNumber | boolean): Part | undefined =>
  typeof limit !== 'boolean' ? above(limit) : undefined;

export const exclusiveMaximum = (limit: AnyNumber | boolean): Part | undefined =>
  typeof limit !== 'boolean' ? below(limit) : undefined;

/** Cost of splitting a number into digits. */
const DECIMAL = 20;

export function multipleOf(divisor: AnyNumber): Part {
  const isMultiple = multipleTest(divisor);
  const message = `must be multiple of ${divisor}`;
  return number((value, run) => {
    if (!Number.isSafeInteger(value)) run.charge(DECIMAL);
    return isMultiple(value as AnyNumber) || run.fail('multipleOf', message);
  });
}

function number(check: Check): Part {
  return { kind: 'number', check };
}
