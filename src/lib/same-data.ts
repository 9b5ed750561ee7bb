/**
 * Reports whether two values have the same data: scalars, bytes, dates, lists, and objects by their own
 * fields.
 */

/** Deeper than any request; a cycle ends here. */
const MAX_DEPTH = 16;
/** Most objects and lists that are compared: a cycle with many branches ends here. */
const MAX_OBJECTS = 250_000;

/**
 * Also false for values that are too deep or too large to compare. @throws whatever a getter of the values
 * throws
 */
export function isSameData(one: unknown, other: unknown): boolean {
  return isSame(one, other, MAX_DEPTH, { objects: MAX_OBJECTS });
}

interface Left {
  objects: number;
}

function isSame(one: unknown, other: unknown, depth: number, left: Left): boolean {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null)
    return Object.is(one, other);
  if (depth === 0 || --left.objects < 0) return false;
  if (one instanceof Uint8Array) return other instanceof Uint8Array && Buffer.compare(one, other) === 0;
  if (one instanceof Date) return other instanceof Date && Object.is(one.getTime(), other.getTime());
  if (other instanceof Uint8Array || other instanceof Date) return false;
  if (Array.isArray(one)) return Array.isArray(other) && isSameList(one, other, depth - 1, left);
  return !Array.isArray(other) && isSameObject(one, other, depth - 1, left);
}

function isSameList(one: readonly unknown[], other: readonly unknown[], depth: number, left: Left): boolean {
  return one.length === other.length && one.every((item, index) => isSame(item, other[index], depth, left));
}

function isSameObject(one: object, other: object, depth: number, left: Left): boolean {
  const names = Object.keys(one);
  if (names.length !== Object.keys(other).length) return false;
  for (const name of names) {
    if (!Object.hasOwn(other, name)) return false;
    const [mine, theirs] = [(one as Fields)[name], (other as Fields)[name]];
    if (!isSame(mine, theirs, depth, left)) return false;
  }
  return true;
}

type Fields = Readonly<Record<string, unknown>>;
