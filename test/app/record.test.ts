import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openRecorder, type RecorderOptions } from '../../src/app/record.ts';
import { readRecording } from '../../src/protocol/wire/read-recording.ts';
import { findRpc } from '../../src/protocol/wire/rpc.ts';
import { aCredential } from '../support/inputs.ts';
import { requestOf, rpcFor } from '../support/runtime.ts';

const directory = mkdtempSync(join(tmpdir(), 'exhook-record-'));
let files = 0;
const newFile = () => join(directory, `${++files}.jsonl`);

function aRecorder(options: Partial<RecorderOptions> = {}) {
  const lines: string[] = [];
  const write = (fields: object, message: string) => void lines.push(`${message} ${JSON.stringify(fields)}`);
  const log = { info: write, warn: write, error: write } as unknown as RecorderOptions['log'];
  const file = options.file ?? newFile();
  return { file, lines, recorder: openRecorder({ log, file, ...options }) };
}

interface Line {
  seq: number;
  at_ms: number;
  time_ms?: number;
  connection: number;
  path: string;
  headers: Record<string, string>;
  message_base64: string;
  message: { clientinfo?: { password?: string } };
}

const linesOf = (file: string): Line[] =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

const rpc = rpcFor('client.authenticate');
const login = requestOf(rpc, { clientinfo: aCredential() });

describe.each(['emqx-5.3.2', 'emqx-5.10.3'])('recording again what %s sent', (name) => {
  const original = linesOf(join(import.meta.dirname, `../fixtures/recordings/${name}.jsonl`));

  it('gives every line again, but for the passwords', async () => {
    const { file, recorder } = aRecorder();
    for (const { path, headers, message_base64, connection } of original) {
      const found = findRpc(path);
      if (found === undefined) throw new Error(path);
      recorder.record(
        found,
        Buffer.from(message_base64, 'base64'),
        { ':path': path, ...headers },
        connection,
      );
    }
    expect(await recorder.close()).toEqual({ recorded: original.length, lost: 0 });
    const again = linesOf(file);
    again.forEach((line, i) => {
      const expected = original[i] as Line;
      const { seq, at_ms, time_ms, message_base64, ...rest } = line;
      const { seq: _seq, at_ms: _at, message_base64: bytes, ...same } = structuredClone(expected);
      expect(seq).toBe(i + 1);
      expect(at_ms).toBeGreaterThanOrEqual(0);
      expect(time_ms).toBeGreaterThan(at_ms);
      if (same.message.clientinfo?.password === undefined) expect(message_base64).toBe(bytes);
      else same.message.clientinfo.password = '***';
      expect(rest).toEqual(same);
    });
    expect(again).toHaveLength(original.length);
    expect(readRecording(readFileSync(file, 'utf8'))).toMatchObject({ skipped: 0 });
  });
});

describe('a recording', () => {
  it('numbers calls from 1 and times them from the first', async () => {
    let time = 5000;
    const { file, recorder } = aRecorder({
      now: () => time,
      clock: () => 1_795_374_045_000 + Math.floor(time),
    });
    recorder.record(rpc, login, {}, 1);
    time += 12.4;
    recorder.record(rpc, login, {}, 2);
    await recorder.close();
    expect(linesOf(file)).toMatchObject([
      { seq: 1, at_ms: 0, time_ms: 1_795_374_050_000, connection: 1 },
      { seq: 2, at_ms: 12, time_ms: 1_795_374_050_012, connection: 2 },
    ]);
  });

  it.each([
    ['traffic.jsonl', 'traffic.2.jsonl'],
    ['traffic', 'traffic.2'],
    ['a.b/.traffic.x.jsonl', 'a.b/.traffic.x.2.jsonl'],
  ])('of one of several workers is a separate file, which the log names: %s', async (name, own) => {
    const base = mkdtempSync(join(directory, 'workers-'));
    mkdirSync(join(base, 'a.b'));
    const { lines, recorder } = aRecorder({ file: join(base, name), worker: 2 });
    recorder.record(rpc, login, {}, 1);
    await recorder.close();
    expect(linesOf(join(base, own))).toHaveLength(1);
    expect(existsSync(join(base, name))).toBe(false);
    expect(lines).toEqual([expect.stringContaining(join(base, own))]);
  });

  it('reports the bytes that were not recorded because they do not decode', async () => {
    const { file, recorder } = aRecorder();
    recorder.record(rpc, Buffer.of(255, 255), { te: 'trailers' }, 1);
    await recorder.close();
    expect(linesOf(file)).toEqual([
      {
        seq: 1,
        at_ms: 0,
        time_ms: expect.any(Number),
        connection: 1,
        path: rpc.path,
        headers: { te: 'trailers' },
        error: expect.any(String),
      },
    ]);
  });

  it('appends to an existing file', async () => {
    const file = newFile();
    for (let i = 0; i < 2; i++) {
      const { recorder } = aRecorder({ file });
      recorder.record(rpc, login, {}, 1);
      await recorder.close();
    }
    expect(linesOf(file)).toHaveLength(2);
  });

  it.each([
    ['is new', false],
    ['was there, for everybody to read', true],
  ])('can be read by its owner only when the file %s', async (_, isOld) => {
    const file = newFile();
    if (isOld) {
      writeFileSync(file, '');
      chmodSync(file, 0o644);
    }
    await aRecorder({ file }).recorder.close();
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('costs calls, not memory, when the disk is too slow', async () => {
    const { file, lines, recorder } = aRecorder({ maxBufferedBytes: 1000 });
    for (let i = 0; i < 100; i++) recorder.record(rpc, login, {}, 1);
    const { recorded, lost } = await recorder.close();
    expect(recorded + lost).toBe(100);
    expect(linesOf(file)).toHaveLength(recorded);
    expect(lost).toBeGreaterThan(90);
    expect(lines).toHaveLength(1);
  });

  it.runIf(existsSync('/proc/self/fd'))('ends with one line in the log when its file breaks', async () => {
    const { file, lines, recorder } = aRecorder();
    makeReadOnly(file);
    recorder.record(rpc, login, {}, 1);
    recorder.record(rpc, login, {}, 1);
    await expect.poll(() => lines.length).toBe(1);
    recorder.record(rpc, login, {}, 1);
    expect(await recorder.close()).toEqual({ recorded: 0, lost: 3 });
    expect(lines).toEqual([expect.stringContaining('recording stopped')]);
  });
});

/** Replaces our file by one opened for reading: every write fails from now on. */
function makeReadOnly(file: string): void {
  const own = readdirSync('/proc/self/fd')
    .map(Number)
    .find((fd) => targetOf(fd) === realpathSync(file));
  closeSync(own ?? -1);
  expect(openSync('/dev/null', 'r')).toBe(own);
}

function targetOf(fd: number): string | undefined {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return undefined;
  }
}

describe('a file that cannot be written', () => {
  const asDirectory = newFile();
  mkdirSync(asDirectory);
  const loop = newFile();
  symlinkSync(loop, loop);

  it.each([
    ['is a directory', asDirectory, /it is a directory; name a file in it$/],
    [
      'is in a directory that does not exist',
      join(directory, 'no/such.jsonl'),
      /its directory does not exist; create it first$/,
    ],
    ['is a device', '/dev/null', /it is not a file$/],
    ['cannot be opened', loop, /ELOOP/],
  ])('is an error at the start when it %s', (_, file, reason) => {
    expect(() => aRecorder({ file })).toThrow(reason);
    expect(() => aRecorder({ file })).toThrow(`cannot record to ${file}: `);
  });
});
