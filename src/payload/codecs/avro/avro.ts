/**
 * Avro's binary encoding, with the schema from a file. Logical types appear as their underlying types: a
 * timestamp-millis is an integer. Avro's library generates code at run time (`new Function`), so it does not
 * work with `--disallow-code-generation-from-strings`.
 */
import { readFile } from 'node:fs/promises';
import avsc, { type Type } from 'avsc';
import type { ValueCodec } from '../codec.ts';
import { CodecError, malformed } from '../error.ts';
import { type CodecLimits, checkSize } from '../limits.ts';
import { behindHeader, registryHeader } from '../registry-header.ts';
import { duplicateKey, integer, survey, type Value } from '../value.ts';
import type { AvroPlan } from './plan.ts';
import { planAvro } from './planner.ts';
import { AvroScan } from './scan.ts';

export interface AvroSpec {
  /** Path of a self-contained schema in JSON (.avsc). */
  readonly schema: string;
  /**
   * Payloads begin with the header of Confluent's schema registry: a zero byte, and this id in 4 bytes. A payload
   * with another id is malformed. Default: no header.
   */
  readonly schemaId?: number;
  /**
   * `auto` (default): a union is its bare value if its branches look different in JSON, such as `21.5` or
   * `null`. `wrapped`: always as `{"double": 21.5}`, the JSON encoding of Avro.
   */
  readonly unions?: 'auto' | 'wrapped';
  /** When encoding: how to treat fields that are not in the record of the schema. Default: `refuse`. */
  readonly extraFields?: 'refuse' | 'drop';
}

/** @throws TypeError if the schema is invalid, or the error of the file system. */
export async function openAvro(spec: AvroSpec, limits: CodecLimits): Promise<ValueCodec> {
  const { unions = 'auto', extraFields = 'refuse' } = spec;
  const { type, plan } = readSchema(await readFile(spec.schema, 'utf8'), spec.schema, {
    unions,
    extraFields,
  });
  const header = spec.schemaId === undefined ? Buffer.alloc(0) : registryHeader(spec.schemaId);
  return {
    kind: 'value',
    name: 'avro',
    decode: (bytes) => decode(type, plan, behindHeader(checkSize(bytes, limits), [header]), limits),
    encode(value) {
      survey(value, limits);
      const body = encode(type, plan, value);
      return checkSize(new Uint8Array(Buffer.concat([header, body])), limits);
    },
  };
}

function readSchema(text: string, path: string, options: Parameters<typeof planAvro>[1]) {
  try {
    // The plan unwraps unions; it knows which may be bare.
    const type = avsc.Type.forSchema(JSON.parse(text), {
      wrapUnions: 'always',
      typeHook: (schema) => (isLong(schema) ? exactLong : undefined),
    });
    return { type, plan: planAvro(type, options) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown';
    throw new TypeError(`${path}: not a valid Avro schema: ${reason}`);
  }
}

const isLong = (schema: unknown) =>
  schema === 'long' || (schema as { type?: unknown } | null)?.type === 'long';

/** The library's own type does not read integers beyond 2^53. */
const exactLong = avsc.types.LongType.__with({
  fromBuffer: (bytes: Buffer) => integer(bytes.readBigInt64LE()),
  toBuffer(value: number | bigint) {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(value));
    return bytes;
  },
  fromJSON: Number,
  toJSON: Number,
  isValid: (value: unknown) => typeof value === 'bigint' || Number.isSafeInteger(value),
  compare: (a: number | bigint, b: number | bigint) => (a < b ? -1 : a > b ? 1 : 0),
});

function decode(type: Type, plan: AvroPlan, bytes: Uint8Array, limits: CodecLimits): Value {
  const scan = new AvroScan(bytes, limits);
  plan.scan(scan, 0);
  scan.end();
  const value = plan.fromLibrary(read(type, bytes));
  if (survey(value, limits).entries !== scan.entries) throw duplicateKey();
  return value;
}

function read(type: Type, bytes: Uint8Array): unknown {
  try {
    return type.fromBuffer(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  } catch {
    throw malformed('does not match the schema');
  }
}

function encode(type: Type, plan: AvroPlan, value: Value): Buffer {
  const prepared = plan.toLibrary(value, undefined);
  try {
    return type.toBuffer(prepared);
  } catch {
    throw new CodecError('schema', 'does not fit the schema');
  }
}
