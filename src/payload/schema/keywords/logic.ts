/** Keywords that combine schemas of the same value. */
import type { Check } from '../check.ts';
import type { Schema } from '../schema.ts';
import { Seen } from '../seen.ts';
import type { Part, Site } from '../site.ts';

const any = (check: Check): Part => ({ kind: 'any', check });

const compileAll = (schemas: readonly Schema[], site: Site): Check[] =>
  schemas.map((schema) => site.compile(schema, site.tracks));

export function allOf(schemas: readonly Schema[], site: Site): Part {
  const checks = compileAll(schemas, site);
  return any((value, run, seen) => {
    run.charge(checks.length);
    for (const check of checks) if (!check(value, run, seen)) return false;
    return true;
  });
}

/** A branch that may fail: only a valid branch reports what it evaluated. */
const tryBranch: (check: Check) => Check = (check) => (value, run, seen) => {
  const own = seen && new Seen();
  if (!check(value, run, own)) {
    run.forget();
    return false;
  }
  if (own !== undefined) seen?.add(own);
  return true;
};

export function anyOf(schemas: readonly Schema[], site: Site): Part {
  const branches = compileAll(schemas, site).map(tryBranch);
  return any((value, run, seen) => {
    run.charge(branches.length);
    let isMet = false;
    for (const branch of branches) {
      if (!branch(value, run, seen)) continue;
      isMet = true;
      // The other branches may have evaluated more.
      if (seen === undefined) break;
    }
    return isMet || run.fail('anyOf', 'must match a schema in anyOf');
  });
}

export function oneOf(schemas: readonly Schema[], site: Site): Part {
  const branches = compileAll(schemas, site).map(tryBranch);
  return any((value, run, seen) => {
    run.charge(branches.length);
    let met = 0;
    for (const branch of branches) {
      if (branch(value, run, seen)) met++;
      if (met > 1) break;
    }
    return met === 1 || run.fail('oneOf', 'must match exactly one schema in oneOf');
  });
}

export function not(schema: Schema, site: Site): Part {
  const check = site.compile(schema, false);
  return any((value, run) => {
    run.charge(1);
    if (check(value, run, undefined)) return run.fail('not', 'must NOT be valid');
    run.forget();
    return true;
  });
}

/** With `then` and `else`, which have no meaning without it. */
function conditional(schema: Schema, site: Site): Part | undefined {
  const compileBranch = (keyword: string): Check | undefined => {
    const branch = site.keyword(keyword);
    return branch === undefined ? undefined : site.compile(branch as Schema, site.tracks);
  };
  const then = compileBranch('then');
  const otherwise = compileBranch('else');
  // Alone it checks nothing, but it still marks items as evaluated.
  if (then === undefined && otherwise === undefined && !site.tracks) return undefined;
  const condition = tryBranch(site.compile(schema, site.tracks));
  return any((value, run, seen) => {
    run.charge(1);
    const next = condition(value, run, seen) ? then : otherwise;
    return next === undefined || next(value, run, seen);
  });
}

export { conditional as if };
