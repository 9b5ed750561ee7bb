import { create, toBinary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ClientAuthenticateRequestSchema } from '../../../gen/emqx/exhook/v3/exhook_pb.ts';
import { Failure } from '../../../src/protocol/failure.ts';
import { MAX_LIST_ITEMS } from '../../../src/protocol/schema/list-limit.ts';
import { decode } from '../../../src/protocol/wire/decode.ts';
import { methodOf } from '../../../src/protocol/wire/descriptors.ts';
import { rpcs } from '../../../src/protocol/wire/rpc.ts';
import { plain } from '../../support/plain.ts';
import { rpcFor } from '../../support/runtime.ts';

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

  it('does not quote its input', () => {
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

  it('reads the first items of lists that clients fill, and all that stands behind them', () => {
    const many = MAX_LIST_ITEMS + 1000;
    const repeat = (number: number) =>
      Array.from({ length: many }, (_, i) => field(number, field(1, ascii(`${i}`)))).flat();
    const bytes = [...repeat(2), ...repeat(3), ...repeat(5), ...field(1, field(2, ascii('c1')))];
    for (const hook of ['client.subscribe', 'client.unsubscribe'] as const) {
      const request = decode(rpcFor(hook), Uint8Array.from(bytes)) as Record<string, { name: string }[]>;
      for (const list of [request.props, request.topicFilters, request.userProps]) {
        expect(list).toHaveLength(MAX_LIST_ITEMS + 1);
        expect(list?.at(-1)?.name).toBe(`${MAX_LIST_ITEMS}`);
      }
      expect(request).toMatchObject({ clientinfo: { clientid: 'c1' } });
    }
  });

  it('refuses a message with more headers than any broker sends', () => {
    const headers = (count: number) =>
      Array.from({ length: count }, (_, i) => field(8, field(1, ascii(`${i}`)))).flat();
    const read = (count: number) => {
      const body = headers(count);
      const length = [(body.length & 0x7f) | 0x80, ((body.length >> 7) & 0x7f) | 0x80, body.length >> 14];
      return () => decode(rpcFor('message.publish'), Uint8Array.from([0x0a, ...length, ...body]));
    };
    expect(read(4096)()).toHaveProperty('message.headers.4095', '');
    expect(read(4097)).toThrow(/truncated or damaged/);
  });
});
