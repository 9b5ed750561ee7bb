/**
 * Floats of 16 and 32 bits as people write them: 0.1, and not 0.10000000149011612, the nearest float. Integers stay
 * what they are, to the last digit.
 */

/** More decimals are looked for by printing, which is slower than arithmetic. */
const MAX_PLACES = 6;
const powers = [1, 10, 100, 1e3, 1e4, 1e5, 1e6];
const LEAST = 1e-3;
const MOST = 1e6;
/** Digits that tell every two floats of 32 bits apart. */
const MAX_DIGITS = 9;

/** The number with the fewest digits that is the same float of 32 bits. */
export function shortFloat32(float: number): number {
  if (Number.isInteger(float) || !Number.isFinite(float)) return float;
  return shortByPlaces(float, Math.fround) ?? shortByDigits(float);
}

/** The same for 16 bits, but that the smallest stay as they are: RFC 8949 prints them so. */
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
    // A double holds both integers, so that their quotient is the double of the decimal.
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

/** The nearest float of 16 bits, of numbers from {@link LEAST} on: of two that are as near, the even one. */
function toFloat16(value: number): number {
  const unit = 2 ** (Math.floor(Math.log2(Math.abs(value))) - 10);
  const quotient = value / unit;
  const below = Math.floor(quotient);
  const rest = quotient - below;
  const isUp = rest > 0.5 || (rest === 0.5 && below % 2 !== 0);
  return (isUp ? below + 1 : below) * unit;
}
