/** Describes the differences of two values, one per line, for failed tests. */
import { isDeepStrictEqual } from 'node:util';

/** More differences do not help. */
const MOST = 20;

/** `payload.site.id: expected "north", got "south"` */
export function differences(name: string, expected: unknown, got: unknown): readonly string[] {
  const lines = [...walk(name, expected, got)];
  return lines.length <= MOST
    ? lines
    : [...lines.slice(0, MOST), `and ${lines.length - MOST} more differences`];
}

function* walk(name: string, expected: unknown, got: unknown): Iterable<string> {
  if (isDeepStrictEqual(expected, got)) return;
  if (Array.isArray(expected) && Array.isArray(got)) {
    for (let i = 0; i < Math.max(expected.length, got.length); i++)
      yield* walk(`${name}[${i}]`, at(expected, i), at(got, i));
  } else if (isPlain(expected) && isPlain(got)) {
    for (const key of new Set([...Object.keys(expected), ...Object.keys(got)]))
      yield* walk(memberOf(name, key), at(expected, key), at(got, key));
  } else yield `${name}: expected ${show(expected)}, got ${show(got)}`;
}

const absent = Symbol('nothing');

function at(container: object, key: string | number): unknown {
  return Object.hasOwn(container, key) ? (container as Record<string | number, unknown>)[key] : absent;
}

function isPlain(value: unknown): value is object {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
  );
}

function memberOf(name: string, key: string): string {
  return /^[\w-]+$/.test(key) ? `${name}.${key}` : `${name}[${JSON.stringify(key)}]`;
}

function show(value: unknown): string {
  if (value === absent) return 'nothing';
  return JSON.stringify(value, (_, part) => {
    if (typeof part === 'bigint') return String(part);
    return part instanceof Uint8Array ? `base64 ${Buffer.from(part).toString('base64')}` : part;
  });
}
