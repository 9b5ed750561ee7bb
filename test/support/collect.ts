import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as (options?: { readonly type: 'minor' }) => void;

/** Collects garbage: all of it, or only the young generation. */
export function collect(what: 'all' | 'young' = 'all'): void {
  if (what === 'all') gc();
  else gc({ type: 'minor' });
}
