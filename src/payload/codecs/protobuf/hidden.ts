/**
 * Unknown fields that the library cannot keep: in entries of maps, and in messages that ProtoJSON writes as one value
 * (wrappers, `Struct`, times). They are copied from the original bytes to the new ones. They are rare: this runs only
 * if the scan found some.
 */
import type { DescField, DescMessage } from '@bufbuild/protobuf';
import { WireType } from '@bufbuild/protobuf/wire';
import { isValueObject, type Value } from '../../../policy/messages/value.ts';
import { groupFields, joinFields, keyOfEntry, splitFields, type WireField } from './fields.ts';
import { at, hasOwnJson, placesOf } from './names.ts';

/** A message on the wire, and its JSON; null if the JSON has no fields. */
export interface Written {
  readonly bytes: Uint8Array;
  readonly json: Value;
}

/** @returns the bytes of `after` with the hidden fields of `before`. Values that moved to another field lose them. */
export function keepHidden(type: DescMessage, before: Written, after: Written): Uint8Array {
  const old = splitFields(before.bytes);
  const fresh = splitFields(after.bytes);
  const origins = groupFields(old);
  const kept: WireField[] = [];
  for (const [no, group] of groupFields(fresh)) {
    const field = type.fields.find(({ number }) => number === no);
    const from = origins.get(no);
    const json = (of: Written) =>
      field && isValueObject(of.json) && !hasOwnJson(type) ? at(of.json, field) : null;
    if (field === undefined || from === undefined) kept.push(...group);
    else kept.push(...keepField(field, { from, group, before: json(before), after: json(after) }));
  }
  return joinFields(hasOwnJson(type) ? [...kept, ...lost(type, old, fresh)] : kept);
}

/** All wire occurrences of one field. */
interface Change {
  readonly from: readonly WireField[];
  readonly group: readonly WireField[];
  readonly before: Value;
  readonly after: Value;
}

function keepField(field: DescField, change: Change): readonly WireField[] {
  if (change.group.some(({ wire }) => wire !== WireType.LengthDelimited)) return change.group;
  if (field.fieldKind === 'map') return keepEntries(field.message, change);
  if (field.message === undefined) return change.group;
  return field.fieldKind === 'list' ? keepItems(field.message, change) : keepOne(field.message, change);
}

function keepOne(type: DescMessage, { from, group, before, after }: Change): readonly WireField[] {
  // A message may be split into several occurrences.
  const origin = { bytes: Buffer.concat(from.map(({ data }) => data)), json: before };
  return group.map((each) => ({
    ...each,
    data: keepHidden(type, origin, { bytes: each.data, json: after }),
  }));
}

function keepItems(type: DescMessage, { from, group, before, after }: Change): readonly WireField[] {
  const places = placesOf(before, after);
  return group.map((each, i) => {
    const place = places[i] ?? i;
    const origin = from[place];
    if (origin === undefined) return each;
    const old = { bytes: origin.data, json: childOf(before, place) };
    return { ...each, data: keepHidden(type, old, { bytes: each.data, json: childOf(after, i) }) };
  });
}

/** The last of two entries with the same key counts. */
function keepEntries(
  value: DescMessage | undefined,
  { from, group, before, after }: Change,
): readonly WireField[] {
  const olds = from.map(({ data }) => splitFields(data));
  const byKey = new Map(olds.map((entry) => [keyOfEntry(entry), entry]));
  return group.map((each) => {
    const entry = splitFields(each.data);
    const key = keyOfEntry(entry);
    const old = byKey.get(key);
    if (old === undefined) return each;
    const json = { before: childOf(before, key), after: childOf(after, key) };
    const known = entry.map((part) => (part.no === 2 && value ? keepValue(value, old, part, json) : part));
    return { ...each, data: joinFields([...known, ...old.filter(({ no }) => no > 2)]) };
  });
}

function keepValue(
  type: DescMessage,
  old: readonly WireField[],
  part: WireField,
  json: { readonly before: Value; readonly after: Value },
): WireField {
  const pieces = old.filter(({ no }) => no === 2).map(({ data }) => data);
  const before = { bytes: Buffer.concat(pieces), json: json.before };
  return { ...part, data: keepHidden(type, before, { bytes: part.data, json: json.after }) };
}

/** Returns unknown fields that were lost; none if the library kept them. */
function lost(
  type: DescMessage,
  old: readonly WireField[],
  fresh: readonly WireField[],
): readonly WireField[] {
  const isUnknown = ({ no }: WireField) => type.fields.every(({ number }) => number !== no);
  return fresh.some(isUnknown) ? [] : old.filter(isUnknown);
}

function childOf(json: Value, place: number | string): Value {
  if (Array.isArray(json)) return json[Number(place)] ?? null;
  return isValueObject(json) && Object.hasOwn(json, place) ? (json[place] as Value) : null;
}
