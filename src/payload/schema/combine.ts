/** Combines the checks of a schema's keywords. They are unrolled, because they run for every message. */
import { always, type Check } from './check.ts';
import type { Kind, Part, TypeName } from './site.ts';

/** Tests the kind of the value once for consecutive keywords of that kind. */
export function combine(parts: readonly Part[]): Check {
  const [first, ...others] = parts;
  if (first?.narrows !== undefined) return narrowed(first.narrows, first.check, others);
  const checks: Check[] = [];
  for (let i = 0; i < parts.length; ) {
    const { kind } = parts[i] as Part;
    let end = i;
    while (parts[end]?.kind === kind) end++;
    checks.push(guard(kind, sequence(parts.slice(i, end).map(({ check }) => check))));
    i = end;
  }
  return sequence(checks);
}

export function sequence(checks: readonly Check[]): Check {
  const [a, b, c, d] = checks;
  if (a === undefined) return always;
  if (b === undefined) return a;
  if (c === undefined) return (value, run, seen) => a(value, run, seen) && b(value, run, seen);
  if (d === undefined)
    return (value, run, seen) => a(value, run, seen) && b(value, run, seen) && c(value, run, seen);
  if (checks.length === 4)
    return (value, run, seen) =>
      a(value, run, seen) && b(value, run, seen) && c(value, run, seen) && d(value, run, seen);
  const first = sequence(checks.slice(0, 4));
  const rest = sequence(checks.slice(4));
  return (value, run, seen) => first(value, run, seen) && rest(value, run, seen);
}

function guard(kind: Kind, check: Check): Check {
  switch (kind) {
    case 'any':
      return check;
    case 'array':
      return (value, run, seen) => !Array.isArray(value) || check(value, run, seen);
    case 'object':
      return (value, run, seen) =>
        typeof value !== 'object' || value === null || Array.isArray(value) || check(value, run, seen);
    case 'number':
      return (value, run, seen) =>
        (typeof value !== 'number' && typeof value !== 'bigint') || check(value, run, seen);
    case 'string':
      return (value, run, seen) => typeof value !== 'string' || check(value, run, seen);
  }
}

const kindOf: Readonly<Record<TypeName, Kind>> = {
  null: 'any',
  boolean: 'any',
  number: 'number',
  integer: 'number',
  string: 'string',
  array: 'array',
  object: 'object',
};

/** If the type is known, keywords do not test it again, and those of other types are dropped. */
function narrowed(type: TypeName, isOfType: Check, others: readonly Part[]): Check {
  const checks = others
    .filter(({ kind }) => kind === 'any' || kind === kindOf[type])
    .map(({ check }) => check);
  const rest = sequence(checks);
  if (checks.length === 0) return isOfType;
  // The fast test accepts values of the type; otherwise the check reports the failure.
  switch (type) {
    case 'string':
      return (value, run, seen) =>
        typeof value === 'string' ? rest(value, run, seen) : isOfType(value, run, seen);
    case 'integer':
      return (value, run, seen) =>
        Number.isInteger(value) || typeof value === 'bigint'
          ? rest(value, run, seen)
          : isOfType(value, run, seen);
    case 'object':
      return (value, run, seen) =>
        typeof value === 'object' && value !== null && !Array.isArray(value)
          ? rest(value, run, seen)
          : isOfType(value, run, seen);
    default:
      return (value, run, seen) => isOfType(value, run, seen) && rest(value, run, seen);
  }
}
