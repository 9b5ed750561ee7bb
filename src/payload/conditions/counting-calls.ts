/** Replacements for the library's operators on lists and maps. They count each item. */
import { type CelEnv, isCelList } from '@bufbuild/cel';
import { chargedEqual, isIn } from './equality.ts';
import { concatenate } from './lists.ts';
import type { Charge } from './meter.ts';

type Functions = CelEnv['funcs'];
type Group = NonNullable<ReturnType<Functions['find']>>;
export type Call = Group['call'];
type Arguments = Parameters<Call>[2];

export function countingCalls(charge: Charge, functions: Functions): Readonly<Record<string, Call>> {
  const find = (name: string): Group => functions.find(name) as Group;
  const [ofLibrary, add, within] = [find('_==_'), find('_+_'), find('@in')];
  const equal = chargedEqual(charge, (a, b) => ofLibrary.call(0, undefined, [a, b] as Arguments) === true);
  return {
    '_==_': (_id, _target, [a, b]) => equal(a, b),
    '_!=_': (_id, _target, [a, b]) => !equal(a, b),
    '@in': (id, target, args) => {
      const [value, list] = args;
      return isCelList(list) ? isIn(value, list, equal, charge) : within.call(id, target, args);
    },
    '_+_': (id, target, args) => {
      const [a, b] = args;
      return isCelList(a) && isCelList(b) ? concatenate(a, b, charge) : add.call(id, target, args);
    },
  };
}
