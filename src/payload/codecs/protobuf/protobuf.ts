/**
 * Protobuf, by a descriptor set from `protoc --include_imports --descriptor_set_out` or `buf build`. Values follow
 * ProtoJSON: 64-bit integers and bytes are strings, enums are names, timestamps are RFC 3339.
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
  /** Path of a FileDescriptorSet, including all imports. */
  readonly descriptors: string;
  /** Full name of the message: `acme.sensor.v1.Report`. */
  readonly message: string;
  /**
   * Field names in decoded values: `json` (default) is lowerCamelCase or `json_name`, `proto` is the name in the .proto
   * file. Encoding accepts both.
   */
  readonly names?: 'json' | 'proto';
  /** Whether absent fields are decoded to their default values. Default: false: they are omitted. */
  readonly defaults?: boolean;
  /**
   * Payloads begin with the header of Confluent's schema registry: a zero byte, this id in 4 bytes, and the place of the
   * message in its file. A payload with another header is malformed. Default: no header.
   */
  readonly schemaId?: number;
  /** When encoding: how to treat fields that are not in the message. Default: `refuse`. */
  readonly extraFields?: 'refuse' | 'drop';
}

/** @throws TypeError if the descriptor set or the message is invalid, or the error of the file system. */
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

/** The accepted headers; the first is written. The first message of a file also has a short form. */
function headersOf(message: DescMessage, schemaId: number): readonly Buffer[] {
  const id = registryHeader(schemaId);
  const places = placesOf(message);
  const long = Buffer.from([places.length, ...places].flatMap((each) => zigzag(each)));
  const isFirst = places.length === 1 && places[0] === 0;
  const all = isFirst ? [Buffer.alloc(1), long] : [long];
  return all.map((place) => Buffer.concat([id, place]));
}

/** The position of the message in its file and its enclosing messages. Synthetic map entries do not count. */
function placesOf(message: DescMessage): number[] {
  const { parent, file } = message;
  if (parent === undefined) return [file.messages.indexOf(message)];
  return [...placesOf(parent), parent.nestedMessages.indexOf(message)];
}

/** Encodes a non-negative number as a varint. */
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
      `${path}: not a valid descriptor set (make it with ` +
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
      // Our own limit applies first: the library's limit must not be lower.
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
      // A google.protobuf.Value takes two messages per level of JSON.
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

/** Extensions are kept but not shown: their content was not scanned. */
function withoutExtensions(registry: Registry): Registry {
  return Object.create(registry, { getExtensionFor: { value: () => undefined } }) as Registry;
}

/** Takes only the part about the schema from the library's message, which quotes values. */
function placeOf(error: unknown): string {
  const message = error instanceof Error ? error.message : '';
  const [, place] = /^cannot (?:de|en)code ((?:(?:field|message|enum|oneof) )?[\w.]+)/.exec(message) ?? [];
  if (place === undefined) return '';
  return / is unknown$/.test(message)
    ? `: has a key that is not a field of the ${place}`
    : `: wrong at the ${place}`;
}

/** Converts values that JSON cannot represent to ProtoJSON. */
function toProtoJson(value: Value): JsonValue {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array)
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64');
  if (Array.isArray(value)) return value.map(toProtoJson);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toProtoJson(item)]));
}
