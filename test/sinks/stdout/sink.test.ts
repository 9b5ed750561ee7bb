import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EventDelivery } from '../../../src/events/event-delivery.ts';
import { plainShape } from '../../../src/events/shape.ts';
import { createLogger } from '../../../src/log/log.ts';
import type { StampedEvent } from '../../../src/protocol/schema/event.ts';
import type { HookInput } from '../../../src/protocol/schema/requests.ts';
import { createStdoutSink, type StdoutOptions } from '../../../src/sinks/stdout/sink.ts';

const root = join(import.meta.dirname, '../../..');
const directory = mkdtempSync(join(root, 'node_modules/.stdout-test-'));
const program = join(directory, 'child.mjs');

beforeAll(async () => {
  await build({
    entryPoints: [join(import.meta.dirname, '../child.ts')],
    outfile: program,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    logLevel: 'error',
  });
});

afterAll(() => rmSync(directory, { recursive: true }));

const temporary = (name: string) => join(mkdtempSync(join(tmpdir(), 'exhook-')), name);

interface Report {
  readonly sent: number;
  readonly queuedBytes: number;
  readonly dropped: number;
  readonly left: number;
}

function run(args: readonly (string | number)[], stdout: 'pipe' | number = 'pipe') {
  const stdio = ['pipe', stdout, 'pipe', 'pipe'] as const;
  const child = spawn(process.execPath, [program, ...args.map(String)], { stdio: [...stdio] });
  const exited = once(child, 'exit').then(([code, signal]) => signal ?? code);
  const reports = child.stdio[3] as Readable;
  return { child, exited, reports, stdout: child.stdout as Readable, stderr: child.stderr as Readable };
}

async function reportOf(reports: Readable): Promise<Report> {
  return JSON.parse((await text(reports)).trim().split('\n').at(-1) ?? '');
}

const numbersOf = (lines: string): number[] =>
  lines
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).data.n);
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

describe('standard output into a pipe', () => {
  it('carries everything that was accepted, in order, though the process ends at once', async () => {
    const { stdout, stderr, exited, reports } = run(['all at once', 2000, 500]);
    const [lines, logged, report] = await Promise.all([text(stdout), text(stderr), reportOf(reports)]);
    expect(await exited).toBe(0);
    expect(numbersOf(lines)).toEqual(upTo(2000));
    expect([logged, report.left, report.dropped]).toEqual(['', 0, 0]);
  });

  it('carries more than a pipe holds', async () => {
    const { stdout, exited } = run(['as they are read', 5000, 1000]);
    expect(numbersOf(await text(stdout))).toEqual(upTo(5000));
    expect(await exited).toBe(0);
  });

  it('carries an event larger than a pipe holds', async () => {
    const { stdout, exited } = run(['all at once', 2, 1_000_000]);
    expect(numbersOf(await text(stdout))).toEqual([0, 1]);
    expect(await exited).toBe(0);
  });
});

describe('standard output that nobody reads any more', () => {
  it('turns events off, says so once, and the process continues', async () => {
    const { child, stdout, stderr, exited, reports } = run(['until nobody reads']);
    const logged = text(stderr);
    await once(reports, 'data');
    stdout.destroy();
    await once(stdout, 'close');
    child.stdin?.end();
    const report = await reportOf(reports);
    expect(await exited).toBe(0);
    expect(report).toMatchObject({ sent: 110, left: 0 });
    const lines = (await logged)
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toEqual([
      expect.objectContaining({ severity: 'WARNING', code: 'sink_failed', sink: 'stdout', reason: 'EPIPE' }),
    ]);
  });
});

describe('standard output that is read too slowly', () => {
  it('costs old events, bounded memory, and no time at the end', async () => {
    const { stderr, exited, reports } = run(['too fast', 30_000, 1000]);
    const [logged, report] = await Promise.all([text(stderr), reportOf(reports)]);
    expect(await exited).toBe(0);
    expect(report.queuedBytes).toBeLessThanOrEqual(4 * 2 ** 20);
    expect(report.dropped).toBeGreaterThan(20_000);
    expect(report.left).toBeGreaterThan(0);
    expect(logged).toContain('"code":"sink_full"');
  });
});

describe('standard output into a file', () => {
  it('carries everything', async () => {
    const path = temporary('events.jsonl');
    const file = openSync(path, 'w');
    const { exited } = run(['all at once', 2000, 500], file);
    expect(await exited).toBe(0);
    closeSync(file);
    expect(numbersOf(readFileSync(path, 'utf8'))).toEqual(upTo(2000));
  });

  it.runIf(existsSync('/dev/full'))('waits for room on a full disk, and still ends', async () => {
    const file = openSync('/dev/full', 'w');
    const { stderr, exited, reports } = run(['too fast', 100, 10], file);
    const [logged, report] = await Promise.all([text(stderr), reportOf(reports)]);
    closeSync(file);
    expect(await exited).toBe(0);
    expect(report.left).toBeGreaterThan(0);
    expect(logged.trim().split('\n')).toEqual([expect.stringContaining('"reason":"ENOSPC"')]);
  });
});

describe('standard error that nobody reads', () => {
  it('does not hold up the process, nor its end', async () => {
    const { stdout, exited } = run(['log', 20_000, 1000]);
    stdout.resume();
    expect(await exited).toBe(0);
  });

  it('says how many lines it cost when it is read again', async () => {
    const { child, stdout, stderr, reports, exited } = run(['log until told', 20_000, 1000]);
    stdout.resume();
    await once(reports, 'data');
    let received = '';
    for await (const chunk of stderr.setEncoding('utf8')) {
      received += chunk;
      if (received.includes('"dropped"') && received.endsWith('\n')) child.stdin?.end();
    }
    expect(await exited).toBe(0);
    const lines = received
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const { dropped, severity } = lines.at(-1);
    expect(severity).toBe('WARNING');
    expect(dropped).toBeGreaterThan(0);
    expect(lines.length - 1 + dropped).toBe(20_000);
  });
});

describe('the format', () => {
  const event: StampedEvent = {
    id: '1',
    source: 'emqx:///n',
    type: 'emqx.client.connected',
    subject: 'c',
    time: 0,
    data: {},
  };

  async function lineIn(options: Pick<StdoutOptions, 'format' | 'isTerminal' | 'colours'>): Promise<string> {
    const path = temporary('out');
    const log = await createLogger({ level: 'silent', format: 'json' });
    const sink = createStdoutSink({ ...options, log, fd: openSync(path, 'w') });
    const delivery = new EventDelivery(plainShape, event, 'client.connected', {} as HookInput);
    await sink?.write([delivery], new AbortController().signal);
    await sink?.close();
    return readFileSync(path, 'utf8');
  }

  it.each<[string, Parameters<typeof lineIn>[0], RegExp]>([
    ['auto is JSON where there is no terminal', { format: 'auto' }, /^\{"specversion":"1\.0".*\}\n$/],
    [
      'auto is pretty on a terminal',
      { format: 'auto', isTerminal: true, colours: false },
      /^\d.*client\.connected +c\n$/,
    ],
    [
      'pretty has colours on a terminal',
      { format: 'pretty', isTerminal: true, colours: true },
      /\[36mclient/,
    ],
    [
      'pretty has no colours elsewhere',
      { format: 'pretty' },
      /^\d\d:\d\d:\d\d\.\d{3} {2}client\.connected +c\n$/,
    ],
    ['json stays JSON on a terminal', { format: 'json', isTerminal: true }, /^\{.*\}\n$/],
    ['off writes nothing', { format: 'off' }, /^$/],
  ])('%s', async (_, options, line) => {
    expect(await lineIn(options)).toMatch(line);
  });

  it('is made of the body if the event has been on disk', async () => {
    const path = temporary('out');
    const log = await createLogger({ level: 'silent', format: 'json' });
    const sink = createStdoutSink({ format: 'pretty', log, fd: openSync(path, 'w') });
    const body = new TextEncoder().encode('{"id":"1"}');
    const stored = { id: '1', key: '', contentType: 'text/plain', attributes: { id: '1' }, body };
    const batch = [
      { ...stored, format: 'structured' },
      { ...stored, format: 'raw' },
    ] as const;
    await sink?.write(batch, new AbortController().signal);
    await sink?.close();
    expect(readFileSync(path, 'utf8')).toBe(
      '{"id":"1"}\n{"id":"1","datacontenttype":"text/plain","data_base64":"eyJpZCI6IjEifQ=="}\n',
    );
  });
});
