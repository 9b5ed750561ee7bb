import {
  appendFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Delivery, makeDelivery, type Sink } from '../../../src/sink-contract.ts';
import { File } from '../../../src/sinks/file/declaration.ts';
import { explain } from '../../../src/sinks/file/errors.ts';
import { FileSink } from '../../../src/sinks/file/sink.ts';
import { findProgram, runToEnd, until } from '../../support/servers/process.ts';
import { forever, optionsOf, sinkWorld } from '../options.ts';
import { listFiles, readLines, readText } from './read-lines.ts';

const sinks: Sink[] = [];
let directory: string;
let path: string;
/** Milliseconds since 1970, passed to the sink. */
let time: number;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'exhook-file-'));
  path = join(directory, 'events.jsonl');
  time = Date.now();
});
afterEach(async () => {
  await Promise.all(sinks.splice(0).map((sink) => sink.close()));
  await rm(directory, { recursive: true, force: true });
});

const steady = { now: () => time, monotonic: () => time };

function open(options: object = {}, warnings: string[] = [], clocks = steady): Sink {
  const log = {
    info: () => {},
    error: () => {},
    warn: ({ reason }: { reason: string }) => void warnings.push(reason),
  };
  const world = sinkWorld({ log: log as never });
  const sink = new FileSink(optionsOf(File, { path, ...options }), world, clocks);
  sinks.push(sink);
  return sink;
}

async function write(sink: Sink, batch: readonly Delivery[]) {
  return (await sink.write(batch, forever)) ?? undefined;
}

const many = (count: number, wanted: object = {}) =>
  Array.from({ length: count }, () => makeDelivery(wanted));
const idsOf = (all: readonly { readonly id?: string | undefined }[]) => all.map(({ id }) => id);

describe('file', () => {
  it('makes the file and its directory, for the owner and the group', async () => {
    path = join(directory, 'a', 'b', 'events.jsonl');
    await write(open(), many(1));
    expect((await stat(path)).mode & 0o777 & ~0o640).toBe(0);
    expect((await stat(join(directory, 'a'))).mode & 0o007).toBe(0);
    path = join(directory, 'private.jsonl');
    await write(open({ mode: '0600' }), many(1));
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('appends to a file that is there', async () => {
    const [first, second] = [many(2), many(2)];
    await write(open(), first);
    await write(open({ sync: false }), second);
    expect(idsOf(await readLines(path))).toEqual(idsOf([...first, ...second]));
  });

  it('ends a line that a crash has torn; the next one is complete', async () => {
    await writeFile(path, '{"id":"whole"}\n{"id":"to');
    const batch = many(2);
    await write(open(), batch);
    const lines = (await readFile(path, 'utf8')).split('\n');
    expect(lines.slice(0, 2)).toEqual(['{"id":"whole"}', '{"id":"to']);
    expect(
      lines
        .slice(2)
        .filter(Boolean)
        .map((line) => JSON.parse(line).id),
    ).toEqual(idsOf(batch));
  });

  it('never writes a line break within a line', async () => {
    const pretty = Buffer.from('{\n  "id": "x",\r\n  "data": {}\n}');
    await write(open(), [{ ...makeDelivery(), body: pretty }]);
    const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual([{ id: 'x', data: {} }]);
  });

  it('writes payloads as JSON, as text, or as base64, and says which', async () => {
    const of = (body: Uint8Array | string, contentType?: string) =>
      makeDelivery({ format: 'raw', body: Buffer.from(body as string), ...(contentType && { contentType }) });
    const json = 'application/json';
    await write(open(), [
      of('{"a":1}', json),
      of('"text"', 'application/senml+json; charset=utf-8'),
      of('21.5'),
      of('no json', json),
      of('{"a":\n1}', json),
      of(Buffer.from([0xff, 0])),
      of(''),
    ]);
    const lines = (await readFile(path, 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const base64 = (text: string) => Buffer.from(text).toString('base64');
    const binary = 'application/octet-stream';
    expect(lines).toEqual([
      { datacontenttype: json, data: { a: 1 } },
      { datacontenttype: 'application/senml+json; charset=utf-8', data: 'text' },
      { datacontenttype: binary, data: '21.5' },
      { datacontenttype: json, data_base64: base64('no json') },
      { datacontenttype: json, data_base64: base64('{"a":\n1}') },
      { datacontenttype: binary, data_base64: '/wA=' },
      { datacontenttype: binary, data: '' },
    ]);
  });

  it('follows when the file is moved or removed, as logrotate does', async () => {
    const sink = open();
    const batches = [many(2), many(2), many(2)];
    await write(sink, batches[0] ?? []);
    await rename(path, `${path}.1`);
    await write(sink, batches[1] ?? []);
    expect(await readFile(`${path}.1`, 'utf8')).toContain(batches[0]?.[1]?.id);
    expect(idsOf(await readLines(path)).slice(-2)).toEqual(idsOf(batches[1] ?? []));
    await rm(path);
    await write(sink, batches[2] ?? []);
    expect(await readFile(path, 'utf8')).toContain(batches[2]?.[0]?.id);
  });

  it('continues at the beginning if the file was truncated, as by copytruncate', async () => {
    const sink = open();
    await write(sink, many(5));
    await writeFile(path, '');
    const batch = many(1);
    await write(sink, batch);
    expect(idsOf(await readLines(path))).toEqual(idsOf(batch));
  });

  it.runIf(process.platform === 'linux')('confirms nothing on a full disk, and says so', async () => {
    path = '/dev/full';
    const sink = open({ sync: false });
    await expect(write(sink, many(2))).rejects.toThrow(
      'cannot write /dev/full: the disk is full: free some space (ENOSPC)',
    );
  });

  it.each([
    ['EACCES', /the user of this process may not write it: allow the user .* \(EACCES\)$/],
    ['EROFS', /its file system is read-only: .* \(EROFS\)$/],
    ['EIO', /^cannot write \/var\/log\/x: EIO$/],
  ])('says what to do about %s', (code, says) => {
    expect(explain(Object.assign(new Error(), { code }), '/var/log/x').message).toMatch(says);
  });

  it.runIf(findProgram('prlimit') !== undefined)(
    'confirms the lines that fit, and ends the torn one when there is room again',
    async () => {
      const limit = (bytes: string) =>
        runToEnd('prlimit', ['--pid', String(process.pid), `--fsize=${bytes}:`]);
      const warnings: string[] = [];
      const sink = open({}, warnings);
      const batch = many(10);
      await limit('1000');
      try {
        const receipt = await write(sink, batch);
        const first = receipt?.unconfirmed?.[0] ?? 0;
        expect(first).toBeGreaterThan(0);
        expect(receipt).toEqual({ rejected: [], unconfirmed: batch.map((_, i) => i).slice(first) });
        expect(warnings).toEqual([expect.stringMatching(/maximum size.*\(EFBIG\)/)]);
        await expect(write(sink, batch.slice(first))).rejects.toThrow(/EFBIG/);
        await limit('unlimited');
        expect(await write(sink, batch.slice(first))).toBeUndefined();
        const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
        const torn = lines.splice(first, 1);
        expect(() => JSON.parse(torn[0] ?? '')).toThrow();
        expect(lines.map((line) => JSON.parse(line).id)).toEqual(idsOf(batch));
      } finally {
        await limit('unlimited');
      }
    },
  );
});

describe('file that is put aside', () => {
  it('is put aside before it would grow too large, and no event is lost', async () => {
    const sink = open({ rotate: { size: '2KiB' } });
    const batch = many(40);
    for (const delivery of batch) {
      await write(sink, [delivery]);
      time++;
    }
    const names = await listFiles(path);
    expect(names.length).toBeGreaterThan(3);
    for (const name of names) expect((await stat(join(directory, name))).size).toBeLessThanOrEqual(2048);
    expect(idsOf(await readLines(path))).toEqual(idsOf(batch));
  });

  it('is named after the time, in order, also when several are put aside in one millisecond', async () => {
    time = Date.parse('2024-05-01T12:00:00.999Z');
    const sink = open({ rotate: { size: '1KiB' } });
    for (let i = 0; i < 8; i++) await write(sink, many(3));
    expect((await listFiles(path)).slice(0, 3)).toEqual([
      'events.jsonl.20240501T120000.999Z',
      'events.jsonl.20240501T120001.000Z',
      'events.jsonl.20240501T120001.001Z',
    ]);
  });

  it('is put aside when it is old and the next event comes', async () => {
    const sink = open({ rotate: { age: '1h' } });
    const batch = many(3);
    await write(sink, batch.slice(0, 1));
    time += 3_599_000;
    await write(sink, batch.slice(1, 2));
    expect(await listFiles(path)).toHaveLength(1);
    time += 10_000;
    await write(sink, batch.slice(2));
    expect(await listFiles(path)).toHaveLength(2);
    expect(await readFile(path, 'utf8')).toContain(batch[2]?.id);
  });

  it.each([-86_400_000, 86_400_000])(
    'is as old as it is, when the wall clock is set by %s ms while it is open',
    async (step) => {
      let wall = Date.now();
      let ran = 0;
      const sink = open({ rotate: { age: '1h' } }, [], { now: () => wall, monotonic: () => ran });
      await write(sink, many(1));
      wall += step;
      await write(sink, many(1));
      expect(await listFiles(path)).toHaveLength(1);
      ran += 3_700_000;
      await write(sink, many(1));
      expect(await listFiles(path)).toHaveLength(2);
    },
  );

  it('does not put an empty file aside, nor split a batch', async () => {
    const sink = open({ rotate: { size: '1KiB' } });
    await write(sink, many(20));
    expect(await listFiles(path)).toHaveLength(1);
  });

  it('keeps as many as it may, the newest', async () => {
    const sink = open({ rotate: { size: '1KiB', keep: 2 } });
    const batches = Array.from({ length: 6 }, () => many(4));
    for (const batch of batches) {
      await write(sink, batch);
      time++;
    }
    await until('the others to be removed', async () => (await listFiles(path)).length === 3);
    expect(idsOf(await readLines(path))).toEqual(idsOf(batches.slice(-3).flat()));
  });

  it('is compressed in the background, with the mode of the file', async () => {
    const sink = open({ rotate: { size: '1KiB', gzip: true }, mode: '0600' });
    const batch = many(12);
    for (let i = 0; i < 12; i += 4) await write(sink, batch.slice(i, i + 4));
    await until(
      'both to be compressed',
      async () => (await listFiles(path)).filter((name) => name.endsWith('.gz')).length === 2,
    );
    expect(idsOf(await readLines(path))).toEqual(idsOf(batch));
    for (const name of await readdir(directory))
      expect((await stat(join(directory, name))).mode & 0o077).toBe(0);
  });

  it('continues with files of an earlier process, and does not touch other files', async () => {
    const at = (name: string) => join(directory, name);
    await writeFile(at('events.jsonl.20240101T000000.000Z'), 'old\n');
    await writeFile(at('events.jsonl.20240102T000000.000Z.gz'), gzipSync('older\n'));
    const part = at('events.jsonl.20240101T000000.000Z.gz.999-0.part');
    await writeFile(part, 'half');
    await utimes(part, 1_700_000_000, 1_700_000_000);
    const others = ['events.jsonl.bak', 'events.jsonl.20240101', 'other.jsonl.20240101T000000.000Z'];
    for (const name of others) await writeFile(at(name), 'mine\n');
    const sink = open({ rotate: { size: '1MiB', gzip: true, keep: 5 } });
    await write(sink, many(1));
    await until('the old one to be compressed', async () =>
      (await readdir(directory)).includes('events.jsonl.20240101T000000.000Z.gz'),
    );
    await sink.close();
    expect((await readdir(directory)).sort()).toEqual(
      [
        ...others,
        'events.jsonl',
        'events.jsonl.20240101T000000.000Z.gz',
        'events.jsonl.20240102T000000.000Z.gz',
      ].sort(),
    );
  });

  it('leaves a whole file behind when it is closed while it compresses', async () => {
    const sink = open({ rotate: { size: '1KiB', gzip: true } });
    const batch = many(8, { format: 'raw' }).map((one) => ({ ...one, body: new Uint8Array(500_000) }));
    for (const delivery of batch) await write(sink, [delivery]);
    await sink.close();
    const names = await readdir(directory);
    expect(names.filter((name) => name.endsWith('.part'))).toEqual([]);
    expect((await readText(path)).split('\n').filter(Boolean)).toHaveLength(8);
  });

  it('reports if it cannot clean up, and keeps writing', async () => {
    const warnings: string[] = [];
    const sink = open({ rotate: { size: '1KiB', keep: 0 } }, warnings);
    await write(sink, many(1));
    await mkdir(join(directory, 'events.jsonl.20240101T000000.000Z'));
    await appendFile(path, `${'x'.repeat(1000)}\n`);
    await write(sink, many(1));
    await until('a warning', () => warnings.length > 0);
    expect(await write(sink, many(1))).toBeUndefined();
  });

  it('loses nothing when two processes write and put aside the same file', async () => {
    const rotate = { size: '2KiB', gzip: true };
    const [a, b] = [open({ rotate }), open({ rotate })];
    const deliveries = [many(60, { key: 'a' }), many(60, { key: 'b' })];
    const writeAll = async (sink: Sink, all: readonly Delivery[]) => {
      for (const delivery of all) {
        // Moved by the other one in the midst of it: written again, as the queue in front of it does.
        while (
          await write(sink, [delivery]).then(
            () => false,
            () => true,
          )
        )
          time++;
        time++;
      }
    };
    await Promise.all([writeAll(a, deliveries[0] ?? []), writeAll(b, deliveries[1] ?? [])]);
    await Promise.all([a.close(), b.close()]);
    const received = await readLines(path);
    for (const [i, key] of ['a', 'b'].entries()) {
      const ids = received.map(({ id }) => id).filter((id) => deliveries[i]?.some((one) => one.id === id));
      expect([key, [...new Set(ids)]]).toEqual([key, idsOf(deliveries[i] ?? [])]);
    }
  });
});
