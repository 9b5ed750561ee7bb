import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as (options?: { readonly type: 'minor' }) => void;

/** Collects garbage: of all that is there, or only of what is young. */
export function collect(what: 'all' | 'young' = 'all'): void {
  if (what === 'all') gc();
  else gc({ type: 'minor' });
}
