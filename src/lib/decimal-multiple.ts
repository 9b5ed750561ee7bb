/** Tests whether a number is a multiple of another, both taken as the decimals that they are written as. */

/** A double represents every decimal with this many digits uniquely. */
const EXACT = 1e15;
/** 10^22 is the largest power of ten that a double represents exactly. */
const MAX_PLACES = 22;

/**
 * Makes the test. In decimals 0.3 is a multiple of 0.1; in binary fractions it is not.
 *
 * @param divisor finite and above 0; a bigint is an integer that a double cannot represent
 */
export function multipleTest(divisor: number | bigint): (value: number | bigint) => boolean {
  const [digits, exponent] = decimalOf(divisor);
  if (typeof divisor === 'bigint') return (value) => isMultipleOfDecimal(value, digits, exponent);
  if (exponent >= 0 && Number.isSafeInteger(divisor)) return (value) => isMultipleOfInteger(value, divisor);
  const places = -exponent;
  if (exponent >= 0 || places > MAX_PLACES || digits >= BigInt(EXACT))
    return (value) => isMultipleOfDecimal(value, digits, exponent);
  const scale = Number(`1e${places}`);
  const scaledDivisor = Number(digits);
  return (value) => {
    if (typeof value === 'bigint') return isMultipleOfDecimal(value, digits, exponent);
    const scaled = Math.round(value * scale);
    if (!(Math.abs(scaled) < EXACT)) return isMultipleOfDecimal(value, digits, exponent);
    // The quotient is rounded to the nearest double, which equals the value if it has no more decimal places.
    return scaled / scale === value && scaled % scaledDivisor === 0;
  };
}

function isMultipleOfInteger(value: number | bigint, divisor: number): boolean {
  if (typeof value === 'bigint') return value % BigInt(divisor) === 0n;
  // The remainder of two doubles is exact, and integers below 2^53 are their decimals.
  if (Number.isSafeInteger(value)) return value % divisor === 0;
  return Number.isInteger(value) && isMultipleOfDecimal(value, BigInt(divisor), 0);
}

function isMultipleOfDecimal(value: number | bigint, digits: bigint, exponent: number): boolean {
  if (typeof value === 'number' && !Number.isFinite(value)) return false;
  const [valueDigits, valueExponent] = decimalOf(value);
  const shared = Math.min(exponent, valueExponent);
  const dividend = valueDigits * 10n ** BigInt(valueExponent - shared);
  return dividend % (digits * 10n ** BigInt(exponent - shared)) === 0n;
}

/** Returns digits and power of ten of the shortest decimal that reads as the number. */
function decimalOf(value: number | bigint): [digits: bigint, exponent: number] {
  if (typeof value === 'bigint') return [value, 0];
  const [, whole = '', fraction = '', power = '0'] =
    /^(-?\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value)) ?? [];
  return [BigInt(whole + fraction), Number(power) - fraction.length];
}
