/** Keywords for arrays. */
import type { Check } from '../check.ts';
import { isOld } from '../registry.ts';
import type { Schema } from '../schema.ts';
import type { Part, Site } from '../site.ts';
import { hasUniqueItems } from '../unique.ts';

type Items = readonly unknown[];

const array = (check: Check): Part => ({ kind: 'array', check });

export function maxItems(limit: number): Part {
  const message = `must NOT have more than ${limit} items`;
  return array((value, run) => (value as Items).length <= limit || run.fail('maxItems', message));
}

export function minItems(limit: number): Part {
  const message = `must NOT have fewer than ${limit} items`;
  return array((value, run) => (value as Items).length >= limit || run.fail('minItems', message));
}

export function uniqueItems(isWanted: boolean): Part | undefined {
  if (!isWanted) return undefined;
  const message = 'must NOT have items that are equal';
  return array((value, run) => hasUniqueItems(value as Items, run) || run.fail('uniqueItems', message));
}

/** `items`: up to 2019-09 a list applies by position; otherwise it applies to all items after `prefixItems`. */
export function items(value: Schema | readonly Schema[], site: Site): Part {
  if (Array.isArray(value)) return array(eachPlace(value, site));
  const prefix = site.keyword('prefixItems');
  return array(rest(value as Schema, Array.isArray(prefix) ? prefix.length : 0, site));
}

export const prefixItems = (value: readonly Schema[], site: Site): Part => array(eachPlace(value, site));

/** Has a meaning only next to a list. */
export function additionalItems(value: Schema, site: Site): Part | undefined {
  const places = site.keyword('items');
  if (!Array.isArray(places)) return undefined;
  if (value !== false) return array(rest(value, places.length, site));
  const message = `must NOT have more than ${places.length} items`;
  return array(
    (value, run) => (value as Items).length <= places.length || run.fail('additionalItems', message),
  );
}

function eachPlace(schemas: readonly Schema[], site: Site): Check {
  const checks = schemas.map((schema) => site.compile(schema, false));
  return (value, run, seen) => {
    const list = value as Items;
    const length = Math.min(checks.length, list.length);
    run.charge(length);
    for (let i = 0; i < length; i++) {
      if (checks[i]?.(list[i], run, undefined) === false) return run.failBelow(i);
    }
    seen?.addPrefix(length);
    return true;
  };
}

function rest(schema: Schema, start: number, site: Site): Check {
  const check = site.compile(schema, false);
  return (value, run, seen) => {
    const list = value as Items;
    run.charge(Math.max(0, list.length - start));
    for (let i = start; i < list.length; i++) {
      if (!check(list[i], run, undefined)) return run.failBelow(i);
    }
    if (seen !== undefined) seen.isEveryItem = true;
    return true;
  };
}

/** With `minContains` and `maxContains`, which have no meaning without it. */
export function contains(schema: Schema, site: Site): Part {
  const check = site.compile(schema, false);
  const least = limitOf(site.keyword('minContains'), 1);
  const most = limitOf(site.keyword('maxContains'), Number.POSITIVE_INFINITY);
  // Since 2020-12, contained items count as evaluated.
  const marks = site.tracks && !isOld(site.dialect) && site.dialect.draft !== '2019-09';
  const tooFew = `must contain at least ${least} valid item(s)`;
  const tooMany = `must contain at most ${most} valid item(s)`;
  return array((value, run, seen) => {
    const list = value as Items;
    run.charge(list.length);
    let count = 0;
    for (let i = 0; i < list.length; i++) {
      if (!check(list[i], run, undefined)) {
        run.forget();
        continue;
      }
      count++;
      if (count > most) return run.fail('maxContains', tooMany);
      if (marks) seen?.addItem(i);
      else if (count >= least && most === Number.POSITIVE_INFINITY) return true;
    }
    return count >= least || run.fail('contains', tooFew);
  });
}

function limitOf(value: unknown, fallback: number): number {
  return typeof value === 'number' ? value : fallback;
}

/** Comes after all other keywords of its schema. */
export function unevaluatedItems(schema: Schema, site: Site): Part {
  const check = site.compile(schema, false);
  return array((value, run, seen) => {
    const list = value as Items;
    run.charge(list.length);
    for (let i = 0; i < list.length; i++) {
      if (seen?.hasItem(i) === true || check(list[i], run, undefined)) continue;
      if (schema === false) return run.fail('unevaluatedItems', 'must NOT have unevaluated items');
      return run.failBelow(i);
    }
    if (seen !== undefined) seen.isEveryItem = true;
    return true;
  });
}
