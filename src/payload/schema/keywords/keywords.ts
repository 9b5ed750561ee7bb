/** All keywords that check something, in evaluation order: cheap or selective ones first. */
import type { KeywordCompiler } from '../site.ts';
import * as arrays from './arrays.ts';
import * as logic from './logic.ts';
import * as members from './members.ts';
import * as numbers from './numbers.ts';
import * as objects from './objects.ts';
import * as references from './references.ts';
import * as strings from './strings.ts';
import * as values from './values.ts';

const { unevaluatedItems } = arrays;
const { unevaluatedProperties, ...memberKeywords } = members;

export const keywordCompilers: ReadonlyMap<string, KeywordCompiler> = new Map(
  Object.entries<KeywordCompiler>({
    ...pick(values, ['type', 'const', 'enum']),
    ...numbers,
    ...strings,
    // Keywords of one kind of value are adjacent: the kind is tested once.
    ...pick(objects, ['maxProperties', 'minProperties', 'required', 'dependentRequired', 'properties']),
    ...pick(objects, ['propertyNames', 'dependencies', 'dependentSchemas']),
    ...memberKeywords,
    ...pick(arrays, [
      'maxItems',
      'minItems',
      'uniqueItems',
      'prefixItems',
      'items',
      'additionalItems',
      'contains',
    ]),
    ...references,
    ...logic,
  }),
);

/** Last: they need what all others have evaluated. */
export const unevaluatedCompilers: ReadonlyMap<string, KeywordCompiler> = new Map(
  Object.entries<KeywordCompiler>({ unevaluatedItems, unevaluatedProperties }),
);

function pick<T extends object, K extends keyof T>(from: T, keys: readonly K[]): Pick<T, K> {
  return Object.fromEntries(keys.map((key) => [key, from[key]])) as Pick<T, K>;
}
