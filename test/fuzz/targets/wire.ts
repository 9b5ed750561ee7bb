/** Requests as bytes, from a broker or anybody who reaches the port. */

import { isDeepStrictEqual } from 'node:util';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { call } from '../../../src/core/call.ts';
import { hooks } from '../../../src/core/hooks/index.ts';
import type { Runtime } from '../../../src/core/runtime.ts';
import { Failure } from '../../../src/protocol/failure.ts';
import { decode } from '../../../src/protocol/wire/decode.ts';
import { methodOf } from '../../../src/protocol/wire/descriptors.ts';
import { encodeRequest } from '../../../src/protocol/wire/encode-request.ts';
import { REDACTED, recordMessage } from '../../../src/protocol/wire/recording.ts';
import { findRpc, type Rpc, rpcs } from '../../../src/protocol/wire/rpc.ts';
import { binaryCodec } from '../../../src/transport/codecs.ts';
import { messageFields } from '../../support/arbitrary-message.ts';
import { plain } from '../../support/plain.ts';
import { mutatedBytes } from '../mutate.ts';
import { recordedBytes } from '../samples.ts';
import { attempt, defineTarget, ensure, fromBase64, toBase64 } from '../target.ts';

const isRefusal = (error: unknown) => error instanceof Failure && error.code === 'invalid_request';

export const wire = () =>
  defineTarget({
    name: 'wire',
    input: anyRequest(),
    check({ path, bytes: text }: { path: string; bytes: string }) {
      const rpc = findRpc(path);
      ensure(rpc !== undefined, 'an RPC');
      const bytes = fromBase64(text);
      const request = attempt(() => decode(rpc, bytes), isRefusal);
      ensure(toBase64(bytes) === text, 'bytes that are not changed by being read');
      if (request !== undefined) {
        const theirs = fromBinary(methodOf(rpc).input, encodeRequest(rpc, request), {
          readUnknownFields: false,
        });
        ensure(isDeepStrictEqual(plain(theirs), plain(request)), 'what protobuf reads');
      }
      checkAnswer(rpc, bytes);
      checkRecording(rpc, bytes);
    },
  });

function anyRequest() {
  const recorded = recordedBytes();
  const ofHook = (hook: string) =>
    recorded.filter(({ path }) => findRpc(path)?.hook === hook).map(({ bytes }) => bytes);
  const byHook = new Map(rpcs.map(({ hook }) => [hook, ofHook(hook)]));
  return fc.constantFrom(...rpcs).chain((rpc) => {
    const { input } = methodOf(rpc);
    const made = messageFields(input, { valid: false }).map((fields) =>
      toBinary(input, create(input, fields)),
    );
    const bytes = fc.oneof(
      mutatedBytes(byHook.get(rpc.hook) ?? []),
      made,
      made.chain((sample) => mutatedBytes([sample])),
      fc.uint8Array({ maxLength: 64 }),
    );
    return fc.record({ path: fc.constant(rpc.path), bytes: bytes.map(toBase64) });
  });
}

/** Every call is answered, and at once: no built-in hook asks a question without a policy. */
function checkAnswer(rpc: Rpc, bytes: Uint8Array): void {
  let told = 0;
  const runtime: Runtime = {
    hooks,
    policy: { hooks: [] },
    lookups: {},
    decided: () => void told++,
    failed: (_, failure) => {
      told++;
      return failure;
    },
  };
  const result = call(rpc, binaryCodec, bytes, runtime, 1_000);
  ensure(result instanceof Uint8Array || isRefusal(result), 'a reply, or invalid_request');
  ensure(told === 1, 'one decision or one failure');
}

function checkRecording(rpc: Rpc, bytes: Uint8Array): void {
  const recorded = recordMessage(rpc, bytes);
  JSON.stringify(recorded);
  if ('error' in recorded) return;
  const { clientinfo } = plain(fromBinary(methodOf(rpc).input, fromBase64(recorded.message_base64))) as {
    clientinfo?: { password?: string };
  };
  ensure(['', REDACTED, undefined].includes(clientinfo?.password), 'a recording without a password');
}
