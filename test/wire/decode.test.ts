import { create, toBinary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ClientAuthenticateRequestSchema } from '../../gen/emqx/exhook/v3/exhook_pb.ts';
import { Failure } from '../../src/failure.ts';
import { decode } from '../../src/wire/decode.ts';
import { methodOf } from '../../src/wire/descriptors.ts';
import { rpcs } from '../../src/wire/rpc.ts';
import { plain } from '../support/plain.ts';
import { rpcFor } from '../support/shell.ts';

const rpc = rpcFor('client.authenticate');
const field = (number: number, content: readonly number[]) => [(number << 3) | 2, content.length, ...content];
const ascii = (text: string) => Array.from(new TextEncoder().encode(text));

function failureOf(bytes: readonly number[]): Failure {
  try {
    decode(rpc, Uint8Array.from(bytes));
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('it was decoded');
}

describe('decode', () => {
  it.each(rpcs)('reads $path in its own version', (each) => {
    expect(each.request).toBe(methodOf(each).input.typeName);
    expect(each.request).toContain(`.${each.version}.`);
    expect(plain(decode(each, new Uint8Array()))).toStrictEqual(plain(create(methodOf(each).input)));
  });

  it('reads what was written', () => {
    const request = create(ClientAuthenticateRequestSchema, {
      clientinfo: { clientid: '\ufeffclïent', password: 'p', sockport: 1883 },
      result: true,
    });
    const read = plain(decode(rpc, toBinary(ClientAuthenticateRequestSchema, request)));
    expect(read).toStrictEqual(plain(request));
  });

  it('passes over fields that a newer broker may send, and keeps nothing of them', () => {
    const bytes = [...field(15, ascii('news')), ...field(1, [...field(2, ascii('a')), ...field(14, [1])])];
    const request = decode(rpc, Uint8Array.from(bytes));
    expect(request).toMatchObject({ clientinfo: { clientid: 'a' } });
    expect(JSON.stringify(request)).not.toContain('$unknown');
  });

  const damaged: [what: string, bytes: number[], reason: RegExp][] = [
    ['a password that is not UTF-8', field(1, field(4, [0x70, 0xff, 0xfe])), /a string is not valid UTF-8$/],
    ['half a character at the end', field(1, field(2, [0x61, 0xe5, 0x8c])), /a string is not valid UTF-8$/],
    ['an encoded surrogate', field(1, field(2, [0xed, 0xa0, 0x80])), /a string is not valid UTF-8$/],
    ['an overlong NUL', field(1, field(2, [0xc0, 0x80])), /a string is not valid UTF-8$/],
    ['a message cut short', field(1, field(2, ascii('abc'))).slice(0, -1), /truncated or damaged/],
    ['a length beyond the end', [0x0a, 0x7f], /truncated or damaged/],
    ['a length of 4 GiB', [0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f], /truncated or damaged/],
    ['a number that never ends', [0x10, ...Array<number>(12).fill(0xff)], /truncated or damaged/],
    ['a field without a number', [0x02, 0x00], /truncated or damaged/],
    ['a wire type that does not exist', [0x0f], /truncated or damaged/],
    ['an end of a group that did not begin', [0x0c], /truncated or damaged/],
    ['text', ascii('{"clientinfo":{}}'), /truncated or damaged/],
  ];
  it.each(damaged)('refuses %s', (_what, bytes, reason) => {
    const failure = failureOf(bytes);
    expect(failure).toMatchObject({ code: 'invalid_request', status: 3 });
    expect(failure.message).toMatch(/^not a emqx\.exhook\.v3\.ClientAuthenticateRequest: /);
    expect(failure.message).toMatch(reason);
  });

  it('says nothing of what it was given', () => {
    const secret = ascii('s3cret');
    for (const bytes of [
      field(1, field(4, [...secret, 0xff])),
      field(1, [...field(4, secret), 0x0f]),
      [...field(1, field(4, secret)), 0x0a, 0x7f, ...secret],
    ]) {
      const failure = failureOf(bytes);
      expect(`${failure.message} ${failure.stack} ${failure.cause}`).not.toContain('s3cret');
    }
  });

  it('makes of any bytes a message or a failure, in every version', () => {
    fc.assert(
      fc.property(fc.constantFrom(...rpcs), fc.uint8Array({ maxLength: 200 }), (each, bytes) => {
        try {
          expect(decode(each, bytes)).toBeTypeOf('object');
        } catch (error) {
          expect(error).toBeInstanceOf(Failure);
          expect((error as Failure).code).toBe('invalid_request');
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('does not follow groups to the end of the stack', () => {
    expect(failureOf(Array<number>(200_000).fill(0x7b))).toMatchObject({ code: 'invalid_request' });
  });
});
