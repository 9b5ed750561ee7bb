/** Keys of maps with integer keys. */
const SAFE_DIGITS = /^(?:0|-?[1-9]\d{0,14})$/;

/** Returns the form of a new key: an integer if allowed, canonical, and exactly representable. */
export function keyFor(name: string, mayBeInteger: boolean): string | number {
  return mayBeInteger && SAFE_DIGITS.test(name) ? Number(name) : name;
}
