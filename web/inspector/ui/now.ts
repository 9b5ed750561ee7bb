/** Times of the server in the words of a reader: the clocks of two machines differ. */
import { info } from '../api/info.ts';
import { span } from './format.ts';

let offset: number | undefined;

/** `12 s ago`. @param at milliseconds since 1970, of the server's clock */
export function ago(at: number): string {
  const { value } = info;
  // Learnt once: what is asked for later has waited for the network, too.
  offset ??= value === undefined ? undefined : value.now - Date.now();
  return `${span(Date.now() + (offset ?? 0) - at)} ago`;
}
