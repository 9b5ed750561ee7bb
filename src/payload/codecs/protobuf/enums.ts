/**
 * Unknown values of closed enums in lists and maps. ProtoJSON cannot represent them, so they become unknown fields, as
 * the library does for single values. [Protocol Buffers, "Enum Behavior"]
 */
import type { DescField, DescMessage, Message } from '@bufbuild/protobuf';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

type Fields = Record<string, unknown>;
type EnumField = DescField & { readonly enum: NonNullable<DescField['enum']> };

/** Types whose messages may contain such fields, at any depth. */
const concerned = new WeakMap<DescMessage, boolean>();

/** Changes the message in place. */
export function hoistUnknownEnums(type: DescMessage, message: Message): void {
  if (!isConcerned(type)) return;
  for (const field of type.fields) {
    if (isClosedRepeated(field)) hoist(field, message);
    else if (field.message !== undefined) eachMessage(field, message, hoistUnknownEnums);
  }
}

function isConcerned(type: DescMessage): boolean {
  const known = concerned.get(type);
  if (known !== undefined) return known;
  const within = typesWithin(type);
  const is = within.some(({ fields }) => fields.some(isClosedRepeated));
  // In a cycle of types, one may reach such a field and another not: only "no" holds for all of them.
  for (const each of is ? [type] : within) concerned.set(each, is);
  return is;
}

/** Returns the type and all types that its messages may contain. */
function typesWithin(type: DescMessage): readonly DescMessage[] {
  const found = new Set([type]);
  // Iterating over a set also visits items added meanwhile.
  for (const { fields } of found)
    for (const { message } of fields) if (message !== undefined) found.add(message);
  return [...found];
}

function isClosedRepeated(field: DescField): field is EnumField {
  return (field.fieldKind === 'list' || field.fieldKind === 'map') && field.enum?.open === false;
}

function hoist(field: EnumField, message: Message): void {
  const fields = message as unknown as Fields;
  const isKnown = (value: unknown) => field.enum.value[value as number] !== undefined;
  if (field.fieldKind === 'list') {
    const list = fields[field.localName] as number[];
    const unknown = list.filter((value) => !isKnown(value));
    if (unknown.length === 0) return;
    fields[field.localName] = list.filter(isKnown);
    for (const value of unknown)
      keep(message, field.number, WireType.Varint, new BinaryWriter().int32(value).finish());
  } else {
    const map = fields[field.localName] as Record<string, number>;
    for (const [key, value] of Object.entries(map)) if (!isKnown(value)) hoistEntry(field, message, map, key);
  }
}

/** Handles only entries with text keys. Others stay and are rejected when written. */
function hoistEntry(field: EnumField, message: Message, map: Record<string, number>, key: string): void {
  if (field.fieldKind !== 'map' || field.mapKey !== STRING) return;
  const entry = new BinaryWriter();
  entry.tag(1, WireType.LengthDelimited).string(key);
  entry.tag(2, WireType.Varint).int32(map[key] as number);
  keep(message, field.number, WireType.LengthDelimited, new BinaryWriter().bytes(entry.finish()).finish());
  delete map[key];
}

const STRING = 9;

function keep(message: Message, no: number, wireType: WireType, data: Uint8Array<ArrayBuffer>): void {
  // A copy per item would be quadratic, and a list may have 100,000 items.
  message.$unknown ??= [];
  message.$unknown.push({ no, wireType, data });
}

/** In the library's representation, wrappers and structs are not messages. */
function eachMessage(
  field: DescField,
  holder: Message,
  visit: (type: DescMessage, message: Message) => void,
): void {
  const type = field.message;
  if (type === undefined) return;
  const fields = holder as unknown as Fields;
  const oneof = field.oneof && (fields[field.oneof.localName] as { case?: string; value?: unknown });
  const value = oneof === undefined ? fields[field.localName] : oneof.case === field.localName && oneof.value;
  const all = field.fieldKind === 'message' ? [value] : Object.values((value ?? {}) as object);
  for (const each of all)
    if ((each as Message | undefined)?.$typeName === type.typeName) visit(type, each as Message);
}
