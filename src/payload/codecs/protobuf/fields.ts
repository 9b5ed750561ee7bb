/** Reads a message as wire fields, without a descriptor. The bytes have been scanned before. */
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

export interface WireField {
  readonly no: number;
  readonly wire: WireType;
  /** Without its tag and length. */
  readonly data: Uint8Array;
}

export function splitFields(bytes: Uint8Array): readonly WireField[] {
  const reader = new BinaryReader(bytes);
  const fields: WireField[] = [];
  while (reader.pos < reader.len) {
    const [no, wire] = reader.tag();
    const data =
      wire === WireType.LengthDelimited ? reader.bytes() : reader.skip(wire, no, Number.POSITIVE_INFINITY);
    fields.push({ no, wire, data });
  }
  return fields;
}

export function joinFields(fields: readonly WireField[]): Uint8Array {
  const writer = new BinaryWriter();
  for (const { no, wire, data } of fields) {
    writer.tag(no, wire);
    if (wire === WireType.LengthDelimited) writer.bytes(data);
    else writer.raw(data);
  }
  return writer.finish();
}

/** By field number. */
export function groupFields(fields: readonly WireField[]): ReadonlyMap<number, readonly WireField[]> {
  const groups = new Map<number, WireField[]>();
  for (const field of fields) {
    const group = groups.get(field.no);
    if (group === undefined) groups.set(field.no, [field]);
    else group.push(field);
  }
  return groups;
}

/** The key of a map entry; `undefined` for the default, which may be omitted. */
export function keyOfEntry(entry: readonly WireField[]): string {
  const key = entry.findLast(({ no }) => no === 1);
  if (key === undefined) return '';
  if (key.wire === WireType.LengthDelimited) return Buffer.from(key.data).toString();
  if (key.wire === WireType.Varint) return new BinaryReader(key.data).uint64().toString().replace(/^0$/, '');
  return Buffer.from(key.data).toString('hex').replace(/^0+$/, '');
}
