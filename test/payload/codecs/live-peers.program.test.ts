/** Other implementations, if installed, read our output, and it comes back unchanged. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Value } from '../../../src/payload/codecs/codec.ts';
import { fixture, openByteCodec, openValueCodec, peers } from './support.ts';

const isRequired = process.env.EXHOOK_TEST_REQUIRE_SERVERS === '1';
const PYTHON = '/usr/bin/python3';

function run(command: string, args: readonly string[], input: Uint8Array = new Uint8Array(0)): Uint8Array {
  const { error, status, stderr, stdout } = spawnSync(command, args, { input });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${command}: ${stderr.toString().slice(-500)}`);
  return stdout;
}

const python = (code: string, input?: Uint8Array) => run(PYTHON, ['-c', code], input);

/** A test that needs a program of a Debian package. */
function itWith(debianPackage: string, isInstalled: () => unknown, name: string, test: () => Promise<void>) {
  let isThere = true;
  try {
    isInstalled();
  } catch {
    isThere = isRequired;
  }
  it.skipIf(!isThere)(`${name}${isThere ? '' : ` (needs the Debian package ${debianPackage})`}`, test);
}

const importing = (module: string) => () => python(`import ${module}`);

const sample: Value = {
  text: ['', 'é', '水🔥', 'x'.repeat(70_000)],
  numbers: [0, -1, 23, 24, -25, 255, 256, 65_536, -65_537, 2 ** 32, -(2 ** 40), Number.MAX_SAFE_INTEGER],
  large: [2n ** 53n, 2n ** 64n - 1n, -(2n ** 63n)],
  floats: [0.5, 1.1, -1e300, 2 ** 70, Number.POSITIVE_INFINITY],
  bytes: [new Uint8Array(0), Uint8Array.from({ length: 300 }, (_, i) => i & 0xff)],
  nested: { a: [[], {}, [null, true, false]], '': Array.from({ length: 70_000 }, (_, i) => i % 300) },
};

describe('our output', () => {
  for (const [name, module, code] of [
    ['cbor', 'cbor2', 'cbor2.dumps(cbor2.loads(sys.stdin.buffer.read()))'],
    ['msgpack', 'msgpack', 'msgpack.packb(msgpack.unpackb(sys.stdin.buffer.read()))'],
  ] as const) {
    itWith(
      `python3-${module}`,
      importing(module),
      `as ${name} comes back from python3-${module}`,
      async () => {
        const codec = await openValueCodec(name);
        const script = `import sys, ${module}; sys.stdout.buffer.write(${code})`;
        expect(codec.decode(python(script, codec.encode(sample)))).toStrictEqual(sample);
      },
    );
  }

  const isText = "b'hello\\n' * 1000";
  for (const [name, code] of [
    ['gzip', `import sys, gzip; assert gzip.decompress(sys.stdin.buffer.read()) == ${isText}`],
    ['deflate', `import sys, zlib; assert zlib.decompress(sys.stdin.buffer.read()) == ${isText}`],
    ['deflate-raw', `import sys, zlib; assert zlib.decompress(sys.stdin.buffer.read(), -15) == ${isText}`],
  ] as const) {
    itWith(
      'python3',
      () => python('import zlib'),
      `as ${name} is read by python3`,
      async () => {
        const codec = await openByteCodec(name);
        python(code, codec.encode(new TextEncoder().encode('hello\n'.repeat(1000))));
      },
    );
  }

  itWith(
    'gzip',
    () => run('gzip', ['--version']),
    'as gzip is read by gzip',
    async () => {
      const codec = await openByteCodec('gzip');
      const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => (i * i) & 0xff);
      expect(Buffer.compare(run('gzip', ['-d'], codec.encode(bytes)), bytes)).toBe(0);
      expect(Buffer.compare(codec.decode(run('gzip', ['-1'], bytes)), bytes)).toBe(0);
    },
  );

  itWith(
    'protobuf-compiler',
    () => run('protoc', ['--version']),
    'as Protobuf comes back from protoc',
    async () => {
      const message = 'acme.sensor.v1.Report';
      const codec = await openValueCodec({ protobuf: { descriptors: fixture('sensor.binpb'), message } });
      const value: Value = JSON.parse(readFileSync(fixture('report.json'), 'utf8'));
      const protoc = (action: string, input: Uint8Array) =>
        run('protoc', [`--${action}=${message}`, '-I', fixture(''), fixture('sensor.proto')], input);
      const text = protoc('decode', codec.encode(value));
      expect(text.toString()).toContain('name: "temperature"');
      expect(codec.decode(protoc('encode', text))).toStrictEqual(value);
    },
  );

  itWith('python3-avro', importing('avro.io'), 'as Avro comes back from python3-avro', async () => {
    const schema = fixture('report.avsc');
    const codec = await openValueCodec({ avro: { schema } });
    const value = peers.find(({ name }) => name === 'report in a report')?.value ?? null;
    const script = `
import io, sys, avro.io, avro.schema
schema = avro.schema.parse(open(${JSON.stringify(schema)}).read().replace('"logicalType"', '"x-logical"'))
datum = avro.io.DatumReader(schema).read(avro.io.BinaryDecoder(io.BytesIO(sys.stdin.buffer.read())))
assert datum["parent"]["sequence"] == 2**63 - 1
out = io.BytesIO()
avro.io.DatumWriter(schema).write(datum, avro.io.BinaryEncoder(out))
sys.stdout.buffer.write(out.getvalue())
`;
    expect(codec.decode(python(script, codec.encode(value)))).toStrictEqual(value);
  });
});
