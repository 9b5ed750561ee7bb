/** Every place of the configuration where a secret may stand. */
import * as z from 'zod';
import { Config } from '../../src/config/schema.ts';
import { alternatives } from '../../src/lib/schema/walk.ts';

/** What takes `{ env }` and `{ file }` besides a text; `0` is an item of a list and `any` the name of an entry. */
export const secretPlaces: readonly (readonly string[])[] = findPlaces(Config, [], []);

function findPlaces(schema: z.core.$ZodType, path: string[], around: readonly unknown[]): string[][] {
  const types = alternatives(schema);
  const forms = types.flatMap((type) => (type instanceof z.ZodObject ? Object.keys(type.shape).join() : []));
  if (forms.includes('env') && forms.includes('file')) return [path];
  return types.flatMap((type) => {
    // Conditions of rules hold conditions.
    if (around.includes(type)) return [];
    const below = (inner: z.core.$ZodType, name: string) =>
      findPlaces(inner, [...path, name], [...around, type]);
    if (type instanceof z.ZodObject)
      return Object.entries(type.shape).flatMap(([name, inner]) => below(inner as z.ZodType, name));
    if (type instanceof z.ZodArray) return below(type.element, '0');
    return type instanceof z.ZodRecord ? below(type.valueType, 'any') : [];
  });
}

/** What an object must hold besides, to be told from other forms of the same key. */
const besides: Readonly<Record<string, object>> = { jwks: { url: 'https://idp.example' } };

/** A configuration with nothing but this value at that place. */
export function configWith(path: readonly string[], value: unknown): unknown {
  return path.reduceRight<unknown>((inner, key) => {
    const whole = key in besides ? { ...besides[key], ...(inner as object) } : inner;
    return key === '0' ? [whole] : { [key]: whole };
  }, value);
}
