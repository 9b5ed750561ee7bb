/** Where the fields of a message are in its ProtoJSON. */
import type { DescField, DescMessage } from '@bufbuild/protobuf';
import type { Value, ValueObject } from '../../../policy/messages/value.ts';
import { alignItems } from '../rewrite/align.ts';

/** Of a well-known type the JSON has no fields: a time is text. */
export function hasOwnJson({ typeName }: DescMessage): boolean {
  return /^google\.protobuf\.(?:Any|Timestamp|Duration|FieldMask|Struct|ListValue|\w*Value)$/.test(typeName);
}

/** A field in JSON has either of its names. */
export function at(json: ValueObject, { jsonName, name }: DescField): Value {
  if (Object.hasOwn(json, jsonName)) return json[jsonName] as Value;
  return Object.hasOwn(json, name) ? (json[name] as Value) : null;
}

/** For each item of a changed list, the place that it had; none where these are no lists. */
export function placesOf(before: Value, after: Value): readonly number[] {
  return Array.isArray(before) && Array.isArray(after) ? alignItems(before, after) : [];
}
