/** Reads the parameters of a query. */
import { compileFilter, type Filter } from '../filter/filter.ts';
import { RequestError } from './api-error.ts';

/** @throws RequestError */
export function readWhole(
  query: URLSearchParams,
  name: string,
  { min, max, standard }: { readonly min: number; readonly max: number; readonly standard: number },
): number {
  const text = query.get(name);
  if (text === null || text === '') return standard;
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max))
    throw new RequestError('bad_request', `${name}: write a whole number from ${min} to ${max}`);
  return value;
}

/** @throws RequestError with the place in the text */
export function readFilter(text: string | null): Filter {
  const filter = compileFilter(text ?? '');
  if ('test' in filter) return filter;
  throw new RequestError('bad_request', `filter: ${filter.problem}`, {
    where: { line: 1, column: filter.at + 1 },
  });
}
