/** Payloads: what any client may publish. */
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import {
  type Codec,
  CodecError,
  type CodecSpec,
  codecNames,
  openCodec,
} from '../../../src/payload/codecs/codec.ts';
import { mutatedBytes } from '../mutate.ts';
import { attempt, defineTarget, ensure, fromBase64, toBase64 } from '../target.ts';

const limits = { maxBytes: 64 * 1024, maxDepth: 16, maxItems: 2000 };
const fixtures = 'test/fixtures/codecs';
const protobuf = (message: string): CodecSpec => ({
  protobuf: { descriptors: `${fixtures}/sensor.binpb`, message },
});

const specs: Readonly<Record<string, CodecSpec>> = {
  ...Object.fromEntries(codecNames.map((name) => [name, name])),
  'protobuf Report': protobuf('acme.sensor.v1.Report'),
  'protobuf Command': protobuf('acme.legacy.Command'),
  'protobuf Tree': protobuf('acme.sensor.v1.Tree'),
  avro: { avro: { schema: `${fixtures}/report.avsc` } },
};

const isCodecError = (error: unknown) => error instanceof CodecError;

export const codecs = async () => {
  const opened = new Map<string, Codec>();
  for (const [name, spec] of Object.entries(specs)) opened.set(name, await openCodec(spec, limits));
  const peers = JSON.parse(readFileSync(`${fixtures}/peers.json`, 'utf8')) as readonly { hex: string }[];
  const samples = peers
    .map(({ hex }) => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex')))
    .filter(({ length }) => length < 1000);
  return defineTarget({
    name: 'codecs',
    input: fc.record({
      codec: fc.constantFrom(...opened.keys()),
      bytes: fc.oneof(mutatedBytes(samples), fc.uint8Array({ maxLength: 64 })).map(toBase64),
    }),
    check({ codec: name, bytes: text }: { codec: string; bytes: string }) {
      const codec = opened.get(name);
      ensure(codec !== undefined, 'a codec');
      if (codec.kind === 'value') checkRoundTrip(codec, fromBase64(text));
      else checkRoundTrip(codec, fromBase64(text));
    },
  });
};

interface Pair<T> {
  decode(bytes: Uint8Array): T;
  encode(value: T): Uint8Array;
}

/** A decoded value survives encoding, if it can be encoded, and decoding. */
function checkRoundTrip<T>({ decode, encode }: Pair<T>, bytes: Uint8Array): void {
  const value = attempt(() => decode(bytes), isCodecError);
  if (value === undefined) return;
  if (value instanceof Uint8Array) ensure(value.length <= limits.maxBytes, 'bytes within the limits');
  const again = attempt(() => encode(value), isCodecError);
  if (again === undefined) return;
  ensure(isDeepStrictEqual(decode(again), value), 'the same value again');
}
