/** Functions that conditions have besides those of the language. */
import { type CelFunc, CelScalar, celFunc } from '@bufbuild/cel';
import { strings } from '@bufbuild/cel/ext';
import { textMatches } from './matches.ts';

/** Those of the strings extension that make no text longer than what they are given. */
const short = ['charAt', 'indexOf', 'lastIndexOf', 'lowerAscii', 'upperAscii', 'split', 'substring', 'trim'];

const { DOUBLE, INT } = CelScalar;

/** An integer and a fraction: numbers in JSON are fractions to CEL, so that `payload.n + 1` would not work. */
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

export const addedFunctions: CelFunc[] = [
  ...strings.filter(({ name }) => short.includes(name)),
  ...mixed,
  textMatches,
];
