/**
 * Protobuf, by a descriptor set that `protoc --include_imports --descriptor_set_out` or `buf build` made. Values
 * are those of ProtoJSON: 64-bit integers and bytes are strings, enums are names, timestamps are RFC 3339.
 */
import { readFile } from 'node:fs/promises';
import {
  createFileRegistry,
  type DescMessage,
  fromBinary,
  fromJson,
  type JsonValue,
  type Message,
  type Registry,
  toBinary,
  toJson,
} from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import type { Reading } from '../../../policy/messages/value.ts';
import type { ValueCodec } from '../codec.ts';
import { CodecError, malformed, unsupported } from '../error.ts';
import { type CodecLimits, checkSize } from '../limits.ts';
import { behindHeader, registryHeader } from '../registry-header.ts';
import { survey, type Value } from '../value.ts';
import { hoistUnknownEnums } from './enums.ts';
import { FloatShortener } from './floats.ts';
import { keepHidden } from './hidden.ts';
import { keepMessage } from './keep.ts';
import { scanProtobuf } from './scan.ts';

export interface ProtobufSpec {
  /** The path of a FileDescriptorSet, with all that its files import. */
  readonly descriptors: string;
  /** The full name of the message: `acme.sensor.v1.Report`. */
  readonly message: string;
  /**
   * Names of fields in decoded values: `json` (default) is lowerCamelCase or what `json_name` says, `proto` is as
   * in the .proto file. Encoding takes both.
   */
  readonly names?: 'json' | 'proto';
  /** Are fields that are not on the wire decoded to their default values? Default: false, they are left out. */
  readonly defaults?: boolean;
  /**
   * Payloads begin with the header of Confluent's schema registry: a zero byte, this id in 4 bytes, and the place of the
   * message in its file. One with another header is malformed. Default: no header.
   */
  readonly schemaId?: number;
  /** At encoding, fields that the message has not. Default: `refuse`. */
  readonly extraFields?: 'refuse' | 'drop';
}

/** @throws TypeError when the descriptor set or the message cannot be used, or the error of the file system. */
export async function openProtobuf(spec: ProtobufSpec, limits: CodecLimits): Promise<ValueCodec> {
  const registry = readDescriptors(await readFile(spec.descriptors), spec.descriptors);
  const message = findMessage(registry, spec);
  const coder = new ProtobufCoder(message, registry, spec, limits);
  const headers = spec.schemaId === undefined ? [Buffer.alloc(0)] : headersOf(message, spec.schemaId);
  const withHeader = (body: Uint8Array) =>
    checkSize(new Uint8Array(Buffer.concat([headers[0] as Buffer, body])), limits);
  const read = (bytes: Uint8Array): Reading => {
    const { value, rewrite } = coder.read(behindHeader(checkSize(bytes, limits), headers));
    return { value, rewrite: rewrite && ((changed) => withHeader(rewrite(changed))) };
  };
  return {
    kind: 'value',
    name: 'protobuf',
    decode: (bytes) => read(bytes).value,
    read,
    encode: (value) => withHeader(coder.encode(value)),
  };
}

/** The first is the one that is written: that of the first message of a file is also written in short. */
function headersOf(message: DescMessage, schemaId: number): readonly Buffer[] {
  const id = registryHeader(schemaId);
  const places = placesOf(message);
  const long = Buffer.from([places.length, ...places].flatMap((each) => zigzag(each)));
  const isFirst = places.length === 1 && places[0] === 0;
  const all = isFirst ? [Buffer.alloc(1), long] : [long];
  return all.map((place) => Buffer.concat([id, place]));
}

/** Where the message stands in its file, and in the messages around it. Entries of maps, which no file writes, do not count. */
function placesOf(message: DescMessage): number[] {
  const { parent, file } = message;
  if (parent === undefined) return [file.messages.indexOf(message)];
  return [...placesOf(parent), parent.nestedMessages.indexOf(message)];
}

/** A varint of a number that is not negative. */
function zigzag(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value * 2; ; rest >>>= 7) {
    if (rest < 0x80) return [...bytes, rest];
    bytes.push((rest & 0x7f) | 0x80);
  }
}

function readDescriptors(bytes: Uint8Array, path: string): Registry {
  try {
    return createFileRegistry(fromBinary(FileDescriptorSetSchema, bytes));
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown';
    throw new TypeError(
      `${path}: not a descriptor set that can be used (make it with ` +
        `"protoc --include_imports --descriptor_set_out=FILE", or "buf build -o FILE"): ${reason}`,
    );
  }
}

function findMessage(registry: Registry, { message, descriptors }: ProtobufSpec): DescMessage {
  const found = registry.getMessage(message);
  if (found !== undefined) return found;
  const known = [...registry]
    .filter(({ kind, typeName }) => kind === 'message' && !typeName.startsWith('google.protobuf.'))
    .map(({ typeName }) => typeName);
  const others = known.length > 10 ? [...known.slice(0, 10), '...'] : known;
  throw new TypeError(
    `${descriptors}: has no message "${message}"; it has ${others.length === 0 ? 'none' : others.join(', ')}`,
  );
}

class ProtobufCoder {
  readonly #message: DescMessage;
  readonly #registry: Registry;
  readonly #spec: ProtobufSpec;
  readonly #limits: CodecLimits;
  readonly #registryWithoutExtensions: Registry;
  readonly #floats: FloatShortener;

  constructor(message: DescMessage, registry: Registry, spec: ProtobufSpec, limits: CodecLimits) {
    this.#message = message;
    this.#registry = registry;
    this.#spec = spec;
    this.#limits = limits;
    this.#registryWithoutExtensions = withoutExtensions(registry);
    this.#floats = new FloatShortener(registry);
  }

  read(bytes: Uint8Array): Reading {
    const { names = 'json', defaults = false } = this.#spec;
    const registry = this.#registry;
    const { hasHidden } = scanProtobuf(this.#message, bytes, {
      limits: this.#limits,
      registry,
      writesDefaults: defaults,
    });
    const message = this.#read(bytes);
    hoistUnknownEnums(this.#message, message);
    const json = this.#write(message, {
      registry: this.#registryWithoutExtensions,
      useProtoFieldName: names === 'proto',
      alwaysEmitImplicit: defaults,
    });
    this.#floats.message(this.#message, json);
    survey(json, this.#limits);
    const value = json as Value;
    const keep = hasHidden
      ? (written: Uint8Array, json: Value) =>
          keepHidden(this.#message, { bytes, json: value }, { bytes: written, json })
      : undefined;
    return { value, rewrite: (changed) => this.#rewrite(message, value, changed, keep) };
  }

  #read(bytes: Uint8Array): Message {
    try {
      // Our own limit comes first; the library's is only not to come before it.
      return fromBinary(this.#message, bytes, { recursionLimit: this.#limits.maxDepth + 1 });
    } catch {
      throw malformed(`is not a message ${this.#message.typeName}`);
    }
  }

  #write(message: Message, options: Parameters<typeof toJson>[2]): JsonValue {
    try {
      return toJson(this.#message, message, options);
    } catch (error) {
      throw unsupported(`has no JSON form${placeOf(error)}`);
    }
  }

  encode(value: Value): Uint8Array {
    return this.#withPlace(() => toBinary(this.#message, this.#fromValue(value)));
  }

  #rewrite(
    message: Message,
    value: Value,
    changed: Value,
    keep: (written: Uint8Array, json: Value) => Uint8Array = (written) => written,
  ): Uint8Array {
    return this.#withPlace(() => {
      const fresh = this.#fromValue(changed);
      const kept = keepMessage(this.#message, fresh, { message, json: value }, changed, this.#registry);
      return checkSize(keep(toBinary(this.#message, kept), changed), this.#limits);
    });
  }

  #fromValue(value: Value): Message {
    const { hasBytes, hasBigint, hasNonFinite } = survey(value, this.#limits);
    const json = hasBytes || hasBigint || hasNonFinite ? toProtoJson(value) : (value as JsonValue);
    return fromJson(this.#message, json, {
      registry: this.#registry,
      ignoreUnknownFields: this.#spec.extraFields === 'drop',
      // A google.protobuf.Value is two messages for each level of JSON.
      recursionLimit: 2 * this.#limits.maxDepth + 2,
    });
  }

  #withPlace<T>(write: () => T): T {
    try {
      return write();
    } catch (error) {
      if (error instanceof CodecError) throw error;
      throw new CodecError('schema', `does not fit the message ${this.#message.typeName}${placeOf(error)}`);
    }
  }
}

/** Extensions are kept, and not shown: what they hold was not scanned. */
function withoutExtensions(registry: Registry): Registry {
  return Object.create(registry, { getExtensionFor: { value: () => undefined } }) as Registry;
}

/** From the library's message, which quotes values, only what it says of the schema. */
function placeOf(error: unknown): string {
  const message = error instanceof Error ? error.message : '';
  const [, place] = /^cannot (?:de|en)code ((?:(?:field|message|enum|oneof) )?[\w.]+)/.exec(message) ?? [];
  if (place === undefined) return '';
  return / is unknown$/.test(message)
    ? `: has a key that is no field of the ${place}`
    : `: wrong at the ${place}`;
}

/** ProtoJSON of what JSON has not. */
function toProtoJson(value: Value): JsonValue {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array)
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64');
  if (Array.isArray(value)) return value.map(toProtoJson);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toProtoJson(item)]));
}
