/** Functions for conditions in addition to those of the language. */
import { type CelFunc, CelScalar, celFunc } from '@bufbuild/cel';
import { textMatches } from './matches.ts';
import { mathFunctions } from './math-functions.ts';
import type { Charge } from './meter.ts';
import { textFunctions } from './text-functions.ts';

const { BOOL, DOUBLE, INT } = CelScalar;

/** Mixed arithmetic of int and double. JSON numbers are doubles in CEL, so `payload.n + 1` would fail without it. */
const mixed: readonly CelFunc[] = (
  [
    ['_+_', (a: number, b: number) => a + b],
    ['_-_', (a: number, b: number) => a - b],
    ['_*_', (a: number, b: number) => a * b],
    ['_/_', (a: number, b: number) => a / b],
  ] as const
).flatMap(([name, calculate]) => [
  celFunc(name, [DOUBLE, INT], DOUBLE, (a, b) => calculate(a, Number(b))),
  celFunc(name, [INT, DOUBLE], DOUBLE, (a, b) => calculate(Number(a), b)),
]);

/** The library first converts the int to a double, which rounds beyond 2^53. JavaScript compares both exactly. */
const compared: readonly CelFunc[] = (
  [
    ['_<_', (a: number | bigint, b: number | bigint) => a < b],
    ['_<=_', (a: number | bigint, b: number | bigint) => a <= b],
    ['_>_', (a: number | bigint, b: number | bigint) => a > b],
    ['_>=_', (a: number | bigint, b: number | bigint) => a >= b],
  ] as const
).flatMap(([name, compare]) => [
  celFunc(name, [DOUBLE, INT], BOOL, compare),
  celFunc(name, [INT, DOUBLE], BOOL, compare),
]);

/** @param charge called before anything is created. */
export function addedFunctions(charge: Charge): CelFunc[] {
  return [...textFunctions(charge), ...mathFunctions(charge), ...mixed, ...compared, textMatches];
}
