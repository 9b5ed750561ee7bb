/** Maps the fields of a message to its ProtoJSON. */
import type { DescField, DescMessage } from '@bufbuild/protobuf';
import type { Value, ValueObject } from '../../../policy/messages/value.ts';
import { alignItems } from '../rewrite/align.ts';

/** The JSON of a well-known type has no fields: a time is text. */
export function hasOwnJson({ typeName }: DescMessage): boolean {
  return /^google\.protobuf\.(?:Any|Timestamp|Duration|FieldMask|Struct|ListValue|\w*Value)$/.test(typeName);
}

/** A field in JSON may have either of its names. */
export function at(json: ValueObject, { jsonName, name }: DescField): Value {
  if (Object.hasOwn(json, jsonName)) return json[jsonName] as Value;
  return Object.hasOwn(json, name) ? (json[name] as Value) : null;
}

/** Returns the original index of each item of a changed list; `undefined` if these are not lists. */
export function placesOf(before: Value, after: Value): readonly number[] {
  return Array.isArray(before) && Array.isArray(after) ? alignItems(before, after) : [];
}
