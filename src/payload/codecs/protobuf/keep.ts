/**
 * Copies what ProtoJSON omits to the message made from the changed JSON: unknown fields, extensions, and unknown values
 * of closed enums.
 */
import {
  type DescField,
  type DescMessage,
  fromBinary,
  type Message,
  type Registry,
  toBinary,
} from '@bufbuild/protobuf';
import { type ReflectMessage, reflect } from '@bufbuild/protobuf/reflect';
import { isValueObject, type Value, type ValueObject } from '../../../policy/messages/value.ts';
import { at, hasOwnJson, placesOf } from './names.ts';

/** The original message, and its JSON. */
interface Origin {
  readonly message: Message;
  readonly json: Value;
}

/** @returns the message to write: `fresh`, made from `after`, plus what is kept of the original */
export function keepMessage(
  type: DescMessage,
  fresh: Message,
  origin: Origin,
  after: Value,
  registry: Registry,
): Message {
  const keeper = new Keeper(registry);
  keeper.learn(type, origin);
  return keeper.keep(type, fresh, origin, after);
}

/** The messages in a field, by position: an index, or the key of a map. */
type Children = ReadonlyMap<string | number, Origin>;

class Keeper {
  readonly #registry: Registry;
  /** By the identity of the JSON, to find messages that moved. */
  readonly #known = new Map<object, Message>();

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  learn(type: DescMessage, { message, json }: Origin): void {
    if (typeof json !== 'object' || json === null) return;
    this.#known.set(json, message);
    if (!isValueObject(json) || hasOwnJson(type)) return;
    const from = reflect(type, message);
    for (const field of type.fields) {
      if (field.message === undefined || !from.isSet(field)) continue;
      for (const child of childrenOf(field, from, at(json, field)).values()) this.learn(field.message, child);
    }
  }

  keep(type: DescMessage, fresh: Message, origin: Origin | undefined, after: Value): Message {
    const moved = typeof after === 'object' && after !== null ? this.#known.get(after) : undefined;
    if (moved?.$typeName === fresh.$typeName) return moved;
    if (origin !== undefined && Object.is(origin.json, after)) return origin.message;
    if (!isValueObject(after)) return fresh;
    if (type.typeName === ANY) return this.#keepAny(fresh as AnyMessage, origin, after);
    if (origin !== undefined && isValueObject(origin.json))
      keepUnknown(type, fresh, origin.message, origin.json, after);
    if (!hasOwnJson(type)) this.#keepFields(type, fresh, origin, after);
    return fresh;
  }

  #keepFields(type: DescMessage, fresh: Message, origin: Origin | undefined, after: ValueObject): void {
    const to = reflect(type, fresh);
    const from = origin && reflect(type, origin.message);
    for (const field of type.fields) {
      if (field.message === undefined || !to.isSet(field)) continue;
      const before = isValueObject(origin?.json) ? at(origin.json, field) : null;
      const origins = from?.isSet(field) === true ? childrenOf(field, from, before) : none;
      this.#keepField(field, field.message, to, origins, before, at(after, field));
    }
  }

  #keepField(
    field: DescField,
    type: DescMessage,
    to: ReflectMessage,
    origins: Children,
    before: Value,
    after: Value,
  ): void {
    const places = field.fieldKind === 'list' ? placesOf(before, after) : undefined;
    const put = putterOf(field, to);
    for (const [place, child] of childrenOf(field, to, after)) {
      const origin = origins.get(places?.[Number(place)] ?? place);
      const kept = this.keep(type, child.message, origin, child.json);
      if (kept !== child.message) put(place, reflect(type, kept));
    }
  }

  /** The content is bytes: they are decoded, merged and encoded again. */
  #keepAny(fresh: AnyMessage, origin: Origin | undefined, after: ValueObject): Message {
    if (origin === undefined) return fresh;
    const { typeUrl, value, $unknown } = origin.message as AnyMessage;
    if ($unknown !== undefined) fresh.$unknown = $unknown;
    const type = this.#registry.getMessage(typeUrl.slice(typeUrl.lastIndexOf('/') + 1));
    if (type === undefined || fresh.typeUrl !== typeUrl || hasOwnJson(type)) return fresh;
    const inner = { message: fromBinary(type, value), json: origin.json };
    fresh.value = toBinary(type, this.keep(type, fromBinary(type, fresh.value), inner, after));
    return fresh;
  }
}

const ANY = 'google.protobuf.Any';
const none: Children = new Map();

interface AnyMessage extends Message {
  readonly typeUrl: string;
  value: Uint8Array;
}

function childrenOf(field: DescField, holder: ReflectMessage, json: Value): Children {
  const children = new Map<string | number, Origin>();
  const add = (place: string | number, child: unknown, of: Value | undefined) =>
    children.set(place, { message: (child as ReflectMessage).message, json: of ?? null });
  if (field.fieldKind === 'message') add(0, holder.get(field), json);
  else if (field.fieldKind === 'list' && Array.isArray(json)) {
    for (const [i, child] of [...holder.get(field)].entries()) add(i, child, json[i]);
  } else if (field.fieldKind === 'map' && isValueObject(json)) {
    for (const [key, child] of holder.get(field)) add(String(key), child, json[String(key)]);
  }
  return children;
}

/** Returns a function that replaces a message of the field. */
function putterOf(
  field: DescField,
  holder: ReflectMessage,
): (place: string | number, child: ReflectMessage) => void {
  if (field.fieldKind === 'list') return (place, child) => holder.get(field).set(Number(place), child);
  if (field.fieldKind !== 'map') return (_place, child) => holder.set(field, child);
  const map = holder.get(field);
  // Searching the keys of a large map for each entry would take seconds.
  const keys = new Map([...map.keys()].map((key) => [String(key), key]));
  return (place, child) => {
    const key = keys.get(String(place));
    if (key !== undefined) map.set(key, child);
  };
}

/** An unknown value of a closed enum is also unknown: it is kept unless the field is set or changed. */
function keepUnknown(
  type: DescMessage,
  fresh: Message,
  { $unknown: unknown = [] }: Message,
  before: ValueObject,
  after: ValueObject,
): void {
  if (unknown.length === 0) return;
  const known = new Map(type.fields.map((field) => [field.number, field]));
  // Extensions set by a rule replace the original ones.
  const taken = new Set(fresh.$unknown?.map(({ no }) => no));
  const kept = unknown.filter(({ no }) => {
    const field = known.get(no);
    return !taken.has(no) && (field === undefined || Object.is(at(before, field), at(after, field)));
  });
  if (kept.length > 0) fresh.$unknown = [...(fresh.$unknown ?? []), ...kept];
}
