/** Payloads that other implementations made. */
import { describe, expect, it } from 'vitest';
import { type CodecSpec, defaultLimits, openCodec } from '../../../src/payload/codecs/codec.ts';
import { bytesOf, fixture, hexOf, type Peer, peers } from './support.ts';

function specOf({ codec, name }: Peer): CodecSpec {
  if (codec === 'avro') return { avro: { schema: fixture('report.avsc') } };
  if (codec === 'protobuf') {
    const message = name === 'report' ? 'acme.sensor.v1.Report' : 'acme.legacy.Command';
    return { protobuf: { descriptors: fixture('sensor.binpb'), message } };
  }
  return codec as CodecSpec;
}

describe('payloads of other implementations', () => {
  it('are there for each codec', () => {
    expect(new Set(peers.map(({ codec }) => codec))).toStrictEqual(
      new Set(['cbor', 'msgpack', 'gzip', 'avro', 'protobuf']),
    );
  });

  it.each(peers.map((peer) => [peer.codec, peer.name, peer.madeWith, peer] as const))(
    '%s: %s, made with %s, is read',
    async (_, _name, _madeWith, peer) => {
      const codec = await openCodec(specOf(peer), defaultLimits);
      expect(codec.decode(bytesOf(peer.hex))).toStrictEqual(peer.value);
    },
  );

  // Where the specification leaves a choice, they write the same as we do.
  it.each(
    peers
      .filter(({ codec, name }) => codec === 'msgpack' && !/timestamp|single|integer keys/.test(name))
      .concat(peers.filter(({ codec }) => codec === 'avro' || codec === 'protobuf'))
      .map((peer) => [peer.codec, peer.name, peer] as const),
  )('%s: %s is written to the same bytes', async (_, _name, peer) => {
    const codec = await openCodec(specOf(peer), defaultLimits);
    if (codec.kind !== 'value') throw new TypeError('not a codec of values');
    expect(hexOf(codec.encode(peer.value))).toBe(peer.hex);
  });
});
