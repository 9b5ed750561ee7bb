/** Looks through the wrappers that zod puts around a schema. */
import * as z from 'zod';

type Type = z.core.$ZodType;

/** Returns the schema of the written value, without default, transformation and optionality. */
export function unwrap(schema: Type): Type {
  let inner = schema;
  for (;;) {
    if (inner instanceof z.ZodPipe) inner = inner.in;
    else if (inner instanceof z.ZodDefault || inner instanceof z.ZodPrefault) inner = inner.def.innerType;
    else if (inner instanceof z.ZodOptional || inner instanceof z.ZodNullable) inner = inner.def.innerType;
    else if (inner instanceof z.ZodReadonly || inner instanceof z.ZodNonOptional) inner = inner.def.innerType;
    else return inner;
  }
}

/** Returns the default as written in a file. */
export function writtenDefault(schema: Type): unknown {
  if (schema instanceof z.ZodPrefault || schema instanceof z.ZodDefault) return schema.def.defaultValue;
  if (schema instanceof z.ZodPipe) return writtenDefault(schema.in);
  return undefined;
}

/** Returns every accepted kind of value: the members of a union, or the schema itself. */
export function alternatives(schema: Type): readonly Type[] {
  const inner = unwrap(schema);
  return inner instanceof z.ZodUnion ? inner.options.flatMap(alternatives) : [inner];
}

/** Returns the keys of the mapping at a path: empty when there are none, or any. */
export function keysAt(schema: Type, path: readonly PropertyKey[]): readonly string[] {
  const [segment, ...rest] = path;
  return alternatives(schema).flatMap((type) => {
    if (segment === undefined) return type instanceof z.ZodObject ? Object.keys(type.shape) : [];
    const child = childOf(type, segment);
    return child === undefined ? [] : keysAt(child, rest);
  });
}

function childOf(type: Type, segment: PropertyKey): Type | undefined {
  if (type instanceof z.ZodObject) {
    return Object.hasOwn(type.shape, segment) ? type.shape[String(segment)] : undefined;
  }
  if (type instanceof z.ZodArray) return type.element;
  return type instanceof z.ZodRecord ? type.valueType : undefined;
}

/** Reports whether it is or may be a mapping with this key. */
export function hasKey(schema: Type, key: string): boolean {
  return keysAt(schema, []).includes(key);
}
