import { create, toBinary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { call } from '../src/core/call.ts';
import { Failure } from '../src/protocol/failure.ts';
import { decode } from '../src/protocol/wire/decode.ts';
import { methodOf } from '../src/protocol/wire/descriptors.ts';
import { type Rpc, rpcs } from '../src/protocol/wire/rpc.ts';
import { messageFields } from './support/arbitrary-message.ts';
import { bytesOf, readRecording } from './support/recordings.ts';
import { aRuntime, bytes, readReply } from './support/runtime.ts';

const RUNS = 40;

function encodeRequest(rpc: Rpc, fields: Record<string, unknown>): Uint8Array {
  const { input } = methodOf(rpc);
  return toBinary(input, create(input, fields));
}

/** Sends a request through the whole flow, which has no question to ask and never throws. */
function send(rpc: Rpc, request: Uint8Array) {
  const runtime = aRuntime();
  const result = call(rpc, bytes, request, runtime, 1_000);
  if (!(result instanceof Uint8Array || result instanceof Failure)) throw new Error('unanswered');
  expect(runtime.calls.length + runtime.failures.length).toBe(1);
  return { result, runtime };
}

/** Possible results of a request that a broker would not send. */
function expectAnswered({ result }: ReturnType<typeof send>): void {
  if (result instanceof Failure) expect(result.code).toBe('invalid_request');
}

/** Outcomes of the built-in hooks, by hook. */
const replyTo = (rpc: Rpc): unknown =>
  ({
    'provider.loaded': [],
    'client.authenticate': false,
    'client.authorize': false,
    'message.ingress': 'ignore',
    'message.publish': 'ignore',
  })[rpc.hook as string] ?? 'success';

describe.each(rpcs)('$path', (rpc) => {
  const { input } = methodOf(rpc);

  it('answers every valid request and reports it', () => {
    fc.assert(
      fc.property(messageFields(input, { valid: true }), (fields) => {
        const { result, runtime } = send(rpc, encodeRequest(rpc, fields));
        expect(readReply(rpc, result)).toStrictEqual(replyTo(rpc));
        const isVerdict = ['client.authenticate', 'client.authorize'].includes(rpc.hook);
        expect(runtime.events().map(({ type }) => type)).toStrictEqual(isVerdict ? [] : [`emqx.${rpc.hook}`]);
      }),
      { numRuns: RUNS },
    );
  });

  it('answers or refuses every other message of its type', () => {
    fc.assert(
      fc.property(messageFields(input, { valid: false }), (fields) => {
        expectAnswered(send(rpc, encodeRequest(rpc, fields)));
      }),
      { numRuns: RUNS },
    );
  });

  it('tolerates fields that it does not know', () => {
    const unknown = fc.tuple(fc.integer({ min: 100, max: 2_000 }), fc.uint8Array({ maxLength: 20 }));
    fc.assert(
      fc.property(messageFields(input, { valid: true }), unknown, (fields, [number, content]) => {
        const request = encodeRequest(rpc, fields);
        const tag = (number << 3) | 2;
        const surplus = [(tag & 0x7f) | 0x80, tag >> 7, content.length, ...content];
        const known = send(rpc, request);
        const more = send(rpc, Uint8Array.from([...request, ...surplus]));
        expect(more.result).toStrictEqual(known.result);
        expect(more.runtime.calls).toStrictEqual(known.runtime.calls);
      }),
      { numRuns: RUNS },
    );
  });

  it('answers or refuses valid requests that were damaged on the way', () => {
    const damage = fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(messageFields(input, { valid: true }), damage, fc.nat(400), (fields, changes, cut) => {
        const request = encodeRequest(rpc, fields);
        expectAnswered(send(rpc, request.slice(0, cut % (request.length + 1))));
        for (const [at, value] of changes) if (request.length > 0) request[at % request.length] = value;
        expectAnswered(send(rpc, request));
      }),
      { numRuns: RUNS },
    );
  });

  it('answers or refuses random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (request) => {
        expectAnswered(send(rpc, request));
      }),
      { numRuns: RUNS },
    );
  });
});

describe('recorded requests', () => {
  const recorded = [...readRecording('emqx-5.3.2'), ...readRecording('emqx-5.10.3')];

  it('of one version are read by every other without a crash', () => {
    for (const each of recorded)
      for (const rpc of rpcs.filter(({ hook }) => hook === rpcs.find(({ path }) => path === each.path)?.hook))
        expectAnswered(send(rpc, bytesOf(each)));
  });

  it('cut at any place are answered or refused', () => {
    for (const each of recorded.slice(0, 40)) {
      const rpc = rpcs.find(({ path }) => path === each.path) as Rpc;
      const request = bytesOf(each);
      for (let end = 0; end < request.length; end++) expectAnswered(send(rpc, request.subarray(0, end)));
    }
  });
});

it('a request is never changed by being read', () => {
  fc.assert(
    fc.property(fc.constantFrom(...rpcs), fc.uint8Array({ maxLength: 60 }), (rpc, request) => {
      const before = request.slice();
      try {
        decode(rpc, request);
      } catch (error) {
        expect(error).toBeInstanceOf(Failure);
      }
      expect(request).toStrictEqual(before);
    }),
  );
});
