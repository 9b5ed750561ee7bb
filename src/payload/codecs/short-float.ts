/**
 * Shortest decimals of 16-bit and 32-bit floats: 0.1 instead of 0.10000000149011612, the nearest float. Integers keep
 * all digits.
 */

/** Beyond this many decimals, printing is used, which is slower than arithmetic. */
const MAX_PLACES = 6;
const powers = [1, 10, 100, 1e3, 1e4, 1e5, 1e6];
const LEAST = 1e-3;
const MOST = 1e6;
/** Number of digits that distinguishes all 32-bit floats. */
const MAX_DIGITS = 9;

/** Returns the number with the fewest digits that rounds to the same 32-bit float. */
export function shortFloat32(float: number): number {
  if (Number.isInteger(float) || !Number.isFinite(float)) return float;
  return shortByPlaces(float, Math.fround) ?? shortByDigits(float);
}

/** Like `shortFloat32`, for 16 bits. The smallest stay unchanged, as RFC 8949 prints them. */
export function shortFloat16(float: number): number {
  if (Number.isInteger(float) || !Number.isFinite(float)) return float;
  return shortByPlaces(float, toFloat16) ?? float;
}

/** @param round to the nearest float */
function shortByPlaces(float: number, round: (value: number) => number): number | undefined {
  const size = Math.abs(float);
  if (size < LEAST || size > MOST) return undefined;
  for (let places = 1; places <= MAX_PLACES; places++) {
    const power = powers[places] as number;
    // Both integers are exact as doubles, so their quotient is the double of the decimal.
    const candidate = Math.round(float * power) / power;
    if (round(candidate) === float) return candidate;
  }
  return undefined;
}

function shortByDigits(float: number): number {
  for (let digits = 1; digits < MAX_DIGITS; digits++) {
    const candidate = Number(float.toPrecision(digits));
    if (Math.fround(candidate) === float) return candidate;
  }
  return Number(float.toPrecision(MAX_DIGITS));
}

/** Rounds a number from {@link LEAST} on to the nearest 16-bit float, ties to even. */
function toFloat16(value: number): number {
  const unit = 2 ** (Math.floor(Math.log2(Math.abs(value))) - 10);
  const quotient = value / unit;
  const below = Math.floor(quotient);
  const rest = quotient - below;
  const isUp = rest > 0.5 || (rest === 0.5 && below % 2 !== 0);
  return (isUp ? below + 1 : below) * unit;
}
