/** The math extension of CEL, for int and double; JSON numbers are doubles. */
import { type CelFunc, type CelList, CelScalar, celFunc, listType } from '@bufbuild/cel';
import type { Charge } from './meter.ts';

const { BOOL, DOUBLE, DYN, INT } = CelScalar;

type Number_ = number | bigint;

/** Maximum number of separate arguments of `greatest` and `least`; a list may have more. */
const MAX_ARGUMENTS = 8;

export function mathFunctions(charge: Charge): CelFunc[] {
  const pick = (name: string, isBetter: (a: Number_, b: Number_) => boolean): CelFunc[] => {
    const best = (values: Iterable<unknown>): Number_ => {
      let found: Number_ | undefined;
      for (const value of values) {
        if (typeof value !== 'number' && typeof value !== 'bigint')
          throw new Error(`invalid argument to function ${name}: no number`);
        if (found === undefined || isBetter(value, found)) found = value;
      }
      if (found === undefined) throw new Error(`invalid argument to function ${name}: an empty list`);
      return found;
    };
    const ofList = celFunc(name, [listType(DYN)], DYN, (list) => {
      charge((list as CelList).size);
      return best(list as CelList);
    });
    const counts = Array.from({ length: MAX_ARGUMENTS }, (_, i) => i + 1);
    const ofNumbers = counts.map((count) =>
      celFunc(name, new Array(count).fill(DYN), DYN, (...values: unknown[]) => best(values)),
    );
    return [ofList, ...ofNumbers];
  };
  return [
    ...pick('math.greatest', (a, b) => a > b),
    ...pick('math.least', (a, b) => a < b),
    ...Object.entries(ofFractions).map(([name, work]) => celFunc(`math.${name}`, [DOUBLE], DOUBLE, work)),
    ...Object.entries(tests).map(([name, test]) => celFunc(`math.${name}`, [DOUBLE], BOOL, test)),
    celFunc('math.sqrt', [INT], DOUBLE, (a) => Math.sqrt(Number(a))),
    celFunc('math.abs', [DOUBLE], DOUBLE, Math.abs),
    celFunc('math.abs', [INT], INT, (a) => int64(a < 0n ? -a : a)),
    celFunc('math.sign', [DOUBLE], DOUBLE, Math.sign),
    celFunc('math.sign', [INT], INT, (a) => (a > 0n ? 1n : a < 0n ? -1n : 0n)),
    ...Object.entries(ofBits).map(([name, work]) =>
      celFunc(`math.${name}`, [INT, INT], INT, (a, b) => work(a, b)),
    ),
    celFunc('math.bitNot', [INT], INT, (a) => ~a),
  ];
}

const ofFractions: Readonly<Record<string, (a: number) => number>> = {
  ceil: Math.ceil,
  floor: Math.floor,
  trunc: Math.trunc,
  // Halves away from zero.
  round: (a) => (Math.abs(a % 1) === 0.5 ? Math.trunc(a) + Math.sign(a) : Math.round(a)),
  sqrt: Math.sqrt,
};

const tests: Readonly<Record<string, (a: number) => boolean>> = {
  isNaN: Number.isNaN,
  isInf: (a) => Math.abs(a) === Number.POSITIVE_INFINITY,
  isFinite: Number.isFinite,
};

const ofBits: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
  bitAnd: (a, b) => a & b,
  bitOr: (a, b) => a | b,
  bitXor: (a, b) => a ^ b,
  bitShiftLeft: (a, b) => (isShift(b) ? BigInt.asIntN(64, a << b) : 0n),
  bitShiftRight: (a, b) => (isShift(b) ? BigInt.asIntN(64, BigInt.asUintN(64, a) >> b) : 0n),
};

/** Reports whether a shift leaves any of 64 bits. */
function isShift(offset: bigint): boolean {
  if (offset < 0n) throw new Error('invalid argument: a negative offset');
  return offset < 64n;
}

function int64(value: bigint): bigint {
  if (BigInt.asIntN(64, value) !== value) throw new Error('overflow');
  return value;
}
