/** Frames that are cheap to send, from several connections at once, against the built server with little memory. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { encodeFields } from '../../src/transport/http2/hpack/encoder.ts';
import { login } from '../program/support/policy.ts';
import { serverOf } from '../program/support/policy-server.ts';
import type { RunningServer } from '../program/support/program.ts';
import { http2Frame, PREFACE } from '../transport/raw-client.ts';

const [DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PING, WINDOW_UPDATE, CONTINUATION] = [
  0, 1, 2, 3, 4, 6, 8, 9,
] as const;
const [END_STREAM, END_HEADERS] = [1, 4] as const;

const ATTACKERS = 8;
const NOTHING = Buffer.alloc(0);
const heapOf200 = { env: { NODE_OPTIONS: '--max-old-space-size=200' } };

const known = { username: 'known', clientid: 'known', password: 'right' };
const policy = {
  decisions: { log: 'off' },
  authenticate: { methods: [{ users: { list: [known], allowPlain: true } }] },
};

const call = encodeFields([
  [':method', 'POST'],
  [':scheme', 'http'],
  [':path', '/emqx.exhook.v3.HookProvider/OnClientAuthorize'],
  [':authority', 'x'],
  ['content-type', 'application/grpc'],
  ['te', 'trailers'],
]);

const number = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
const setting = (id: number, value: number): Buffer => Buffer.concat([Buffer.of(0, id), number(value)]);
const idOf = (i: number): number => 2 * i + 1;

/** A field of 4,000 bytes that goes into the table, and one octet for each time that it is named again. */
const bomb = (() => {
  const name = Buffer.from('x-bomb');
  const value = Buffer.alloc(3_900, 'b');
  const insert = Buffer.concat([
    Buffer.of(0x40, name.length),
    name,
    // 3,900 as an integer of a prefix of seven bits.
    Buffer.of(0x7f, ((3_900 - 127) & 0x7f) | 0x80, (3_900 - 127) >> 7),
    value,
  ]);
  return { insert, again: Buffer.alloc(12_000, 0x80 | 62) };
})();

interface Plan {
  /** How often each attacker sends its frames. */
  readonly rounds: number;
  /** Milliseconds. A flood that is not ended by then was not noticed. */
  readonly length: number;
}

/** Enough for each limit. */
const flood: Plan = { rounds: 20_000, length: 15_000 };
/** What is sent beyond so many calls only takes processor time. */
const patience: Plan = { rounds: 2_000, length: 4_000 };

interface Attack {
  /** Sent first, after the preface. */
  readonly settings?: Buffer;
  readonly frames: (i: number) => readonly Buffer[];
  /** Whether the attacker reads what comes. Default: it does. */
  readonly reads?: boolean;
}

/** Each must be ended by the server. */
const floods: Readonly<Record<string, Attack>> = {
  'requests that are reset at once': {
    frames: (i) => [
      http2Frame(HEADERS, END_HEADERS, idOf(i), call),
      http2Frame(RST_STREAM, 0, idOf(i), number(8)),
    ],
  },
  'requests with DATA after their end': {
    frames: (i) => [
      http2Frame(HEADERS, END_HEADERS | END_STREAM, idOf(i), call),
      http2Frame(DATA, 0, idOf(i), Buffer.of(1)),
    ],
  },
  'header blocks that never end': {
    frames: (i) => [
      i === 0 ? http2Frame(HEADERS, 0, 1, call) : http2Frame(CONTINUATION, 0, 1, Buffer.of(0x82)),
    ],
  },
  SETTINGS: { frames: () => [http2Frame(SETTINGS, 0, 0, setting(4, 65_535))] },
  PING: {
    frames: () => [http2Frame(PING, 0, 0, Buffer.alloc(8))],
  },
  PRIORITY: {
    frames: (i) => [http2Frame(PRIORITY, 0, idOf(i % 1_000), Buffer.concat([number(0), Buffer.of(1)]))],
  },
  WINDOW_UPDATE: { frames: () => [http2Frame(WINDOW_UPDATE, 0, 0, number(1))] },
  'DATA without a byte': {
    frames: (i) => [i === 0 ? http2Frame(HEADERS, END_HEADERS, 1, call) : http2Frame(DATA, 0, 1, NOTHING)],
  },
  'frames longer than allowed': { frames: () => [http2Frame(DATA, 0, 1, Buffer.alloc(20_000))] },
  'bytes that mean nothing': {
    frames: (i) => [Buffer.from(`GET / HTTP/1.1 ${i}`.padEnd(64, '\u00ff'), 'latin1')],
  },
};

/** Each may go on: it may neither fill the memory nor keep others from being answered. */
const patient: Readonly<Record<string, Attack>> = {
  'PING without reading the answers': {
    frames: () => [http2Frame(PING, 0, 0, Buffer.alloc(8))],
    reads: false,
  },
  'header lists of megabytes in a few bytes': {
    frames: (i) => [
      http2Frame(
        HEADERS,
        END_HEADERS | END_STREAM,
        idOf(i),
        Buffer.concat([i === 0 ? bomb.insert : NOTHING, bomb.again]),
      ),
    ],
  },
  'calls whose answers it has no window for': {
    settings: setting(4, 0),
    frames: (i) => [
      http2Frame(HEADERS, END_HEADERS, idOf(i), call),
      http2Frame(DATA, END_STREAM, idOf(i), Buffer.alloc(5)),
    ],
  },
  'calls whose answers it does not read': {
    frames: (i) => [
      http2Frame(HEADERS, END_HEADERS, idOf(i), call),
      http2Frame(DATA, END_STREAM, idOf(i), Buffer.alloc(5)),
    ],
    reads: false,
  },
};

/** Sends frames as fast as the server takes them. @returns whether the server has ended the connection */
async function attack(
  { port }: RunningServer,
  { settings = NOTHING, frames, reads = true }: Attack,
  { rounds, length }: Plan,
) {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  let isEnded = false;
  socket
    .on('error', () => {})
    .on('close', () => {
      isEnded = true;
    });
  socket.on('end', () => {
    isEnded = true;
  });
  await once(socket, 'connect');
  if (reads) socket.resume();
  socket.write(Buffer.concat([Buffer.from(PREFACE), http2Frame(SETTINGS, 0, 0, settings)]));
  const end = performance.now() + length;
  for (let i = 0; !isEnded && i < rounds && performance.now() < end; ) {
    const batch: Buffer[] = [];
    for (let k = 0; k < 100; k++) batch.push(...frames(i++));
    await written(socket, Buffer.concat(batch), end - performance.now());
  }
  while (!isEnded && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 50));
  socket.destroy();
  return isEnded;
}

/** Resolves when there is room for more, when the connection is over, or after some milliseconds. */
async function written(socket: Socket, bytes: Buffer, patience: number): Promise<void> {
  const hasRoom = socket.write(bytes);
  const waits = [
    new Promise<void>((resolve) => void setTimeout(resolve, Math.max(1, patience)).unref()),
    new Promise<void>((resolve) => void socket.once('close', resolve)),
  ];
  await (hasRoom
    ? new Promise<void>((resolve) => void setImmediate(resolve))
    : Promise.race([...waits, new Promise<void>((resolve) => void socket.once('drain', resolve))]));
}

async function underAttack(kind: Attack, plan: Plan): Promise<readonly boolean[]> {
  const { server, broker } = await serverOf(policy, {}, [], heapOf200);
  const attackers = Promise.all(Array.from({ length: ATTACKERS }, () => attack(server, kind, plan)));
  let isOver = false;
  const ended = attackers.finally(() => {
    isOver = true;
  });
  let logins = 0;
  while (!isOver) {
    expect(await login(broker, known)).toBe(true);
    logins++;
  }
  expect(logins).toBeGreaterThan(0);
  expect(await login(broker, known)).toBe(true);
  const over = await ended;
  expect((await server.stop()).code).toBe(0);
  return over;
}

describe('eight connections at once', () => {
  it.each(Object.entries(floods))(
    'that send %s are ended, and a login is answered meanwhile',
    async (_, kind) => {
      expect(await underAttack(kind, flood)).toStrictEqual(Array.from({ length: ATTACKERS }, () => true));
    },
  );

  it.each(Object.entries(patient))('that send %s hold nobody up, and fill no memory', async (_, kind) => {
    await underAttack(kind, patience);
  });
});
