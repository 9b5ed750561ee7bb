import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/protocol/failure.ts';
import { guardBody } from '../../src/transport/body-guard.ts';
import { ConnectionInFlight, Hold, InFlight } from '../../src/transport/in-flight.ts';
import { PendingBodies } from '../../src/transport/pending-bodies.ts';
import { frame, plain, plainRequest } from './fault-support.ts';

const JSON_TYPE = 'application/json';
const PROTO = 'application/proto';
const GRPC = 'application/grpc+proto';
const text = (value: string): Buffer => Buffer.from(value);

interface Guarded {
  /** The accepted body, as text; or the code of the failure. */
  readonly result: string;
  readonly shed: readonly string[];
  readonly held: number;
}

async function guard(
  type: string,
  chunks: readonly Uint8Array[] | AsyncIterable<Uint8Array>,
  { headers = {}, rpc = true, queuedBytes = 400_000, room = new PendingBodies(10_000, 10) } = {},
): Promise<Guarded> {
  const load = new InFlight({ inFlight: 10, queuedBytes, messageBytes: 1_000 });
  const hold = new Hold(new ConnectionInFlight(load));
  const shed: string[] = [];
  const body = 'length' in chunks ? fromChunks(chunks) : chunks;
  const guarded = guardBody(body, new Headers({ 'content-type': type, ...headers }), {
    rpc: rpc ? plain : undefined,
    maxMessageBytes: 1_000,
    waiting: room,
    load: hold,
    failed: (failure) => failure,
    shed: (why) => shed.push(why),
  });
  let result = '';
  try {
    for await (const chunk of guarded) result += Buffer.from(chunk).toString('latin1');
  } catch (error) {
    result = error instanceof Failure ? error.code : String(error);
  }
  expect(room.size).toBe(0);
  room.close();
  return { result, shed, held: load.bytes };
}

async function* fromChunks(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

/** A body whose end never comes. */
async function* endless(...chunks: Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
  await new Promise(() => {});
}

const bytewise = (bytes: Uint8Array): Buffer[] => Array.from(bytes, (byte) => Buffer.from([byte]));
const json = '{"clientinfo":{"clientid":"a"}}';

describe('a body that is good', () => {
  it.each([
    ['JSON', JSON_TYPE, [text(json)]],
    ['JSON with a charset', 'application/json; charset=utf-8', [text(json)]],
    ['JSON with blanks and quotes', 'Application/JSON ; charset="UTF-8"', [text(json)]],
    ['JSON, byte by byte', JSON_TYPE, bytewise(text(json))],
    ['protobuf', PROTO, [plainRequest]],
    ['nothing, as protobuf', PROTO, []],
    ['gRPC', GRPC, [frame(plainRequest)]],
    ['gRPC, byte by byte', GRPC, bytewise(frame(plainRequest))],
    ['gRPC-Web', 'application/grpc-web+proto', [frame(plainRequest)]],
    ['gRPC with JSON', 'application/grpc+json', [frame(text(json))]],
    ['the largest', GRPC, [frame(Buffer.concat([Buffer.from([0xa2, 0x06, 0xe4, 0x07]), Buffer.alloc(996)]))]],
  ])('of %s comes through whole, in one piece', async (_what, type, chunks) => {
    const whole = Buffer.concat(chunks as Uint8Array[]);
    const { result, held } = await guard(type, chunks);
    expect(result).toBe(whole.toString('latin1'));
    // Who called lets go of it, when it is answered.
    expect(held).toBe(whole.length);
  });
});

describe('a body that is bad', () => {
  it.each([
    ['JSON that is none', JSON_TYPE, [text('{"clientinfo":')], 'invalid_request'],
    ['JSON of the wrong shape', JSON_TYPE, [text('{"clientinfo":7}')], 'invalid_request'],
    ['JSON that is not UTF-8', JSON_TYPE, [Buffer.from([0x22, 0xff, 0x22])], 'invalid_request'],
    ['protobuf that is none', PROTO, [Buffer.from([0xff, 0xff, 0xff])], 'invalid_request'],
    ['gRPC without a message', GRPC, [], 'invalid_request'],
    ['gRPC with half a prefix', GRPC, [Buffer.alloc(3)], 'invalid_request'],
    ['gRPC with half a message', GRPC, [frame(plainRequest).subarray(0, 20)], 'invalid_request'],
    ['gRPC with two messages', GRPC, [frame(plainRequest), frame(plainRequest)], 'invalid_request'],
    ['gRPC with bytes that do not decode', GRPC, [frame(Buffer.from([0xff, 0xff]))], 'invalid_request'],
    ['gRPC with unknown flags', GRPC, [frame(plainRequest, { flags: 2 })], 'invalid_request'],
    ['compressed gRPC', GRPC, [frame(plainRequest, { flags: 1 })], 'unknown_method'],
    ['gRPC that announces too much', GRPC, [frame(Buffer.alloc(0), { length: 1_001 })], 'too_large'],
    ['JSON that is too large', JSON_TYPE, [Buffer.alloc(600, ' '), Buffer.alloc(600, ' ')], 'too_large'],
    ['protobuf that is too large', PROTO, [Buffer.alloc(1_200)], 'too_large'],
  ])('as %s fails', async (_what, type, chunks, code) => {
    expect((await guard(type, chunks)).result).toBe(code);
  });

  it.each([
    [JSON_TYPE, 'content-encoding', 'gzip', 'unknown_method'],
    [GRPC, 'grpc-encoding', 'x-unheard-of', 'unknown_method'],
    [GRPC, 'grpc-timeout', 'soon', 'invalid_request'],
    [JSON_TYPE, 'connect-timeout-ms', 'soon', 'invalid_request'],
  ])('of %s with the header %s: %s fails', async (type, name, value, code) => {
    expect((await guard(type, [], { headers: { [name]: value } })).result).toBe(code);
  });
});

describe('a body that does not come', () => {
  it.each([
    ['at all', endless()],
    ['in full', endless(frame(plainRequest).subarray(0, 7))],
    ['to an end', endless(frame(plainRequest))],
  ])('%s fails when its time is over', async (_what, body) => {
    let now = performance.now();
    const room = new PendingBodies(50, 10, () => now);
    const guarded = guard(GRPC, body, { room });
    await new Promise(setImmediate);
    now += 1_000;
    room.sweep();
    expect((await guarded).result).toBe('deadline');
  });

  it.each([
    [GRPC, '\0\0\0\0\0'],
    [JSON_TYPE, '{}'],
    [PROTO, ''],
  ])('leaves its place to the next, with an empty one of %s in its stead', async (type, empty) => {
    const room = new PendingBodies(10_000, 1);
    const guarded = guard(type, endless(), { room });
    await new Promise(setImmediate);
    room.enter({ since: performance.now(), expire: () => {}, evict: () => {} }).remove();
    const { result, shed } = await guarded;
    expect(result).toBe(empty);
    expect(shed).toHaveLength(1);
  });

  it('is shed if there is no room for its bytes', async () => {
    const { result, shed, held } = await guard(GRPC, [frame(Buffer.alloc(500))], { queuedBytes: 400 });
    expect([result, shed.length, held]).toStrictEqual(['\0\0\0\0\0', 1, 0]);
  });

  it('is overloaded if no RPC could answer otherwise', async () => {
    const { result, shed } = await guard(GRPC, [frame(Buffer.alloc(500))], { queuedBytes: 400, rpc: false });
    expect([result, shed]).toStrictEqual(['overloaded', []]);
  });
});

it('a body that breaks passes its error on', async () => {
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield Buffer.alloc(1);
    throw new Error('gone');
  }
  expect((await guard(GRPC, broken())).result).toBe('Error: gone');
});
