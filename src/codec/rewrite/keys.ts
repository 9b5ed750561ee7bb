/** Keys of maps whose other keys are integers. */
const SAFE_DIGITS = /^(?:0|-?[1-9]\d{0,14})$/;

/** Is the key an integer, written as integers are, that a number holds? */
export function isSafeDigits(key: string): boolean {
  return SAFE_DIGITS.test(key);
}
