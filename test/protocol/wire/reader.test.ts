/** Our reader compared with protobuf's own, which is independent of it. */
import { create, fromBinary, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Failure } from '../../../src/protocol/failure.ts';
import { decode } from '../../../src/protocol/wire/decode.ts';
import { methodOf } from '../../../src/protocol/wire/descriptors.ts';
import { encodeRequest } from '../../../src/protocol/wire/encode-request.ts';
import { type Rpc, rpcs } from '../../../src/protocol/wire/rpc.ts';
import { messageFields } from '../../support/arbitrary-message.ts';
import { plain } from '../../support/plain.ts';

const theirs = (rpc: Rpc, bytes: Uint8Array): unknown =>
  plain(fromBinary(methodOf(rpc).input, bytes, { readUnknownFields: false }));

function bytesOf(rpc: Rpc): fc.Arbitrary<Uint8Array> {
  const { input } = methodOf(rpc);
  return messageFields(input, { valid: false }).map((fields) =>
    toBinary(input, create(input, fields as MessageInitShape<typeof input>)),
  );
}

/** Fields that no version has, of every wire type. */
const unknown = fc.constantFrom(
  new BinaryWriter()
    .tag(99, WireType.Varint)
    .uint64(2n ** 63n)
    .finish(),
  new BinaryWriter().tag(99, WireType.Bit64).fixed64(1n).finish(),
  new BinaryWriter().tag(99, WireType.Bit32).fixed32(1).finish(),
  new BinaryWriter().tag(99, WireType.LengthDelimited).string('newer').finish(),
  Uint8Array.of(0x9b, 6, 0x08, 1, 0x9b, 6, 0x9c, 6, 0x9c, 6),
);

const concat = (...parts: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...part]));

describe('a request that is read', () => {
  it.each(rpcs)('of $path holds what protobuf reads in it', (rpc) => {
    fc.assert(
      fc.property(bytesOf(rpc), (bytes) => {
        expect(plain(decode(rpc, bytes))).toStrictEqual(theirs(rpc, bytes));
      }),
    );
  });

  it.each(rpcs)('of $path is merged from its parts, and unknown fields are skipped', (rpc) => {
    fc.assert(
      fc.property(bytesOf(rpc), unknown, bytesOf(rpc), (first, between, second) => {
        const bytes = concat(first, between, second);
        expect(plain(decode(rpc, bytes))).toStrictEqual(theirs(rpc, bytes));
      }),
      { numRuns: 40 },
    );
  });

  it('that is damaged is refused, or is a message like any other', () => {
    const damage = fc.record({ at: fc.nat(), byte: fc.nat(255), cut: fc.nat({ max: 3 }) });
    const given = fc
      .constantFrom(...rpcs)
      .chain((rpc) =>
        fc.record({ rpc: fc.constant(rpc), bytes: bytesOf(rpc), damage: fc.array(damage, { maxLength: 3 }) }),
      );
    fc.assert(
      fc.property(given, ({ rpc, bytes, damage: wounds }) => {
        let damaged = Uint8Array.from(bytes);
        for (const { at, byte, cut } of wounds) {
          if (damaged.length === 0) break;
          damaged[at % damaged.length] = byte;
          damaged = damaged.slice(0, damaged.length - cut);
        }
        const ours = attempt(() => decode(rpc, damaged));
        // Protobuf-es reads a known field whatever its wire type says; by the specification it is unknown then.
        if (ours instanceof Error) expect(ours).toBeInstanceOf(Failure);
        else expect(theirs(rpc, encodeRequest(rpc, ours as object))).toStrictEqual(plain(ours));
      }),
      { numRuns: 3000 },
    );
  });

  it('keeps no text of another call where texts hardly change', () => {
    const rpc = rpcs.find(({ path }) => path.endsWith('v3.HookProvider/OnClientConnect')) as Rpc;
    const { input } = methodOf(rpc);
    for (const node of [
      'emqx@a',
      'emqx@b',
      'emqx@\u00e9',
      'emqx@a',
      '',
      'emqx@\u00c3\u00a9',
      'emqx@\u00e9',
    ]) {
      const bytes = toBinary(
        input,
        create(input, { conninfo: { node }, meta: { node } } as Record<string, unknown>),
      );
      expect(decode(rpc, bytes)).toMatchObject({ conninfo: { node }, meta: { node } });
    }
  });
});

function attempt(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}
