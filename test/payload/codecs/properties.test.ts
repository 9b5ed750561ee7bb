/** What holds for all values and all bytes. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type CodecSpec,
  codecNames,
  defaultLimits,
  openCodec,
  type Value,
} from '../../../src/payload/codecs/codec.ts';
import { shortFloat32 } from '../../../src/payload/codecs/short-float.ts';
import { anyJson, anyValue } from './arbitrary-value.ts';
import { bytesOf, fixture, openByteCodec, openValueCodec, peers, problemOf } from './support.ts';

const limits = { maxBytes: 4096, maxDepth: 8, maxItems: 200 };
const protobuf = (message: string): CodecSpec => ({
  protobuf: { descriptors: fixture('sensor.binpb'), message, defaults: true },
});
const avro: CodecSpec = { avro: { schema: fixture('report.avsc') } };
const specs: readonly (readonly [string, CodecSpec])[] = [
  ...codecNames.map((name) => [name, name] as const),
  ['Protobuf', protobuf('acme.sensor.v1.Report')],
  ['Protobuf 2', protobuf('acme.legacy.Command')],
  ['a Protobuf tree', protobuf('acme.sensor.v1.Tree')],
  ['Avro', avro],
];

describe('every value comes back', () => {
  it.each(['cbor', 'msgpack'] as const)('from %s', async (name) => {
    const codec = await openValueCodec(name);
    fc.assert(
      fc.property(anyValue, (value) => {
        expect(codec.decode(codec.encode(value))).toEqual(value);
      }),
    );
  });

  it('from JSON, if JSON has it', async () => {
    const json = await openValueCodec('json');
    fc.assert(
      fc.property(anyJson, (value) => {
        expect(json.decode(json.encode(value))).toEqual(value);
      }),
    );
  });

  it('from JSON as JSON.parse has it, but for large integers', async () => {
    const json = await openValueCodec('json');
    const check = (text: string) => {
      const bytes = new TextEncoder().encode(text);
      if (problemOf(() => json.decode(bytes)) !== 'none') return;
      expect(rounded(json.decode(bytes))).toEqual(JSON.parse(text));
    };
    fc.assert(fc.property(fc.json({ stringUnit: 'grapheme' }), check));
  });

  it.each(['base64', 'base64url', 'hex', 'gzip', 'deflate', 'deflate-raw'] as const)(
    'from %s, of bytes',
    async (name) => {
      const codec = await openByteCodec(name);
      fc.assert(
        fc.property(fc.uint8Array({ size: 'large' }), (bytes) => {
          expect(Buffer.compare(codec.decode(codec.encode(bytes)), bytes)).toBe(0);
        }),
      );
    },
  );

  it('from Avro and Protobuf, if it is of the schema', async () => {
    const avroCodec = await openValueCodec({ avro: { schema: fixture('report.avsc') } });
    const message = 'acme.sensor.v1.Report';
    const protobufCodec = await openValueCodec({
      protobuf: { descriptors: fixture('sensor.binpb'), message },
    });
    fc.assert(
      fc.property(avroReport, protobufReport, (forAvro, forProtobuf) => {
        expect(avroCodec.decode(avroCodec.encode(forAvro))).toEqual(forAvro);
        expect(protobufCodec.decode(protobufCodec.encode(forProtobuf))).toEqual(forProtobuf);
      }),
    );
  });
});

const text = fc.string({ unit: 'grapheme' });
const long = fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n);
const asValue = (value: bigint) => (Number.isSafeInteger(Number(value)) ? Number(value) : value);
const key = text.filter((name) => name !== '__proto__');
const double = fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0));

const avroReport: fc.Arbitrary<Value> = fc.record({
  deviceId: text,
  takenAt: long.map(asValue),
  sequence: long.map(asValue),
  channel: fc.integer(),
  status: fc.constantFrom('OK', 'DEGRADED'),
  readings: fc.array(
    fc.record({ name: text, value: fc.oneof(fc.constant(null), double, fc.boolean(), text) }),
  ),
  labels: fc.dictionary(key, text, { noNullPrototype: true }),
  battery: fc.oneof(
    fc.constant(null),
    fc
      .float({ noNaN: true })
      .filter((value) => !Object.is(value, -0))
      .map(shortFloat32),
  ),
  signature: fc.uint8Array(),
  digest: fc.uint8Array({ minLength: 4, maxLength: 4 }),
  counter: fc.oneof(
    long.map((value): Value => ({ long: asValue(value) })),
    fc.integer().map((value): Value => ({ int: value })),
  ),
  parent: fc.constant(null),
});

// Without fields that are omitted at their default.
const protobufReport: fc.Arbitrary<Value> = fc.record(
  {
    deviceId: text.filter((value) => value !== ''),
    sequence: fc.bigInt(1n, 2n ** 64n - 1n).map(String),
    uptimeMs: long.filter((value) => value !== 0n).map(String),
    samples: fc.array(fc.integer(), { minLength: 1 }),
    frames: fc.array(fc.bigInt(0n, 2n ** 64n - 1n).map(String), { minLength: 1 }),
    labels: fc.dictionary(key, text, { minKeys: 1, noNullPrototype: true }),
    signature: fc.uint8Array({ minLength: 1 }).map((bytes) => Buffer.from(bytes).toString('base64')),
    setpoint: double,
    extra: fc.dictionary(key, fc.oneof(text, double, fc.constant(null)), { noNullPrototype: true }),
    errorCode: fc.nat(),
  },
  { requiredKeys: [], noNullPrototype: true },
);

describe.each(specs)('%s', (_, spec) => {
  const starts = peers.map(({ hex }) => bytesOf(hex)).filter(({ length }) => length < 500);

  it('makes a value or a reason of any bytes, within its limits', async () => {
    const codec = await openCodec(spec, limits);
    const check = (bytes: Uint8Array) => {
      if (problemOf(() => codec.decode(bytes)) !== 'none') return;
      if (codec.kind === 'bytes') expect(codec.decode(bytes).length).toBeLessThanOrEqual(limits.maxBytes);
      // A decoded value may be larger when encoded, but it is the same value.
      else
        expect(problemOf(() => codec.encode(codec.decode(bytes)))).toMatch(
          /^(?:none|unsupported|schema|too_large)/,
        );
    };
    fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), check));
    fc.assert(
      fc.property(
        fc.constantFrom(...starts),
        fc.array(fc.tuple(fc.nat(500), fc.nat(255)), { maxLength: 4 }),
        damaged(check),
      ),
    );
  });

  it('makes bytes or a reason of any value', async () => {
    const codec = await openCodec(spec, limits);
    if (codec.kind === 'bytes') return;
    fc.assert(
      fc.property(anyValue, (value) => {
        if (problemOf(() => codec.encode(value)) === 'none')
          expect(codec.encode(value).length).toBeLessThanOrEqual(limits.maxBytes);
      }),
    );
  });

  it('gives the same for the same', async () => {
    const [codec, other] = [await openCodec(spec, limits), await openCodec(spec, limits)];
    fc.assert(
      fc.property(fc.constantFrom(...starts), (bytes) => {
        const before = Uint8Array.from(bytes);
        const outcome = (decode: (bytes: Uint8Array) => unknown) => {
          let value: unknown;
          const problem = problemOf(() => {
            value = decode(bytes);
          });
          return [problem, value];
        };
        expect(outcome(codec.decode)).toEqual(outcome(other.decode));
        expect(outcome(codec.decode)).toEqual(outcome(codec.decode));
        expect(bytes).toStrictEqual(before);
      }),
    );
  });
});

/** As a reader without bigints has it. */
function rounded(value: Value): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(rounded);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, rounded(item)]));
}

/** Some of the bytes are others. */
function damaged(check: (bytes: Uint8Array) => void) {
  return (start: Uint8Array, changes: (readonly [number, number])[]) => {
    const bytes = Uint8Array.from(start);
    for (const [at, byte] of changes) bytes[at % Math.max(1, bytes.length)] = byte;
    check(bytes);
  };
}

describe('a codec opened with the default limits', () => {
  it('has 1 MiB, 64 levels and 100,000 items', () => {
    expect(defaultLimits).toStrictEqual({ maxBytes: 1_048_576, maxDepth: 64, maxItems: 100_000 });
  });
});
