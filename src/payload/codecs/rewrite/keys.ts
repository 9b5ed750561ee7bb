/** Keys of maps whose other keys are integers. */
const SAFE_DIGITS = /^(?:0|-?[1-9]\d{0,14})$/;

/** A new key as it is written: an integer if it may be one, is written as integers are, and a number holds it. */
export function keyFor(name: string, mayBeInteger: boolean): string | number {
  return mayBeInteger && SAFE_DIGITS.test(name) ? Number(name) : name;
}
