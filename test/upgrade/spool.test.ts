/** What an earlier release left on disk is delivered by this one: see spools/README.md. */
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { spoolDrainCommand } from '../../src/cli/commands/spool-drain.ts';
import { spoolPaths } from '../../src/events/spool/spool-paths.ts';
import { aTerminal } from '../cli/commands/fake-terminal.ts';
import { ALL, aDirectory, aSpool, positionsOf } from '../events/spool/support.ts';
import { root } from '../support/source.ts';
import { contents } from './spools/contents.ts';

const spools = join(root, 'test/upgrade/spools');
const formats = readdirSync(spools, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const logs = Object.entries(contents);
const count = logs.flatMap(([, deliveries]) => deliveries).length;

// A writer, and no test: it is not there unless it is asked for.
if (process.env.EXHOOK_WRITE_SPOOL !== undefined) {
  it('writes a spool as a killed process leaves it', async () => {
    const spool = await aSpool({ sync: true });
    for (const [log, deliveries] of logs) await spool.sinkLog(log).append(deliveries);
    const { data } = spoolPaths(spool.directory);
    const format = /spool-(\d+)\.mdb$/.exec(data)?.[1];
    const folder = join(spools, `format-${format}`);
    mkdirSync(folder, { recursive: true });
    copyFileSync(data, join(folder, `spool-${format}.mdb`));
  });
}

/** A directory with a copy of such a spool. */
function copyOf(format: string): string {
  const directory = aDirectory();
  for (const file of readdirSync(join(spools, format)))
    copyFileSync(join(spools, format, file), join(directory, file));
  return directory;
}

it('is about the format of this release too', () => {
  const [, format] = /spool-(\d+)\.mdb$/.exec(spoolPaths('').data) ?? [];
  expect(formats).toContain(`format-${format}`);
});

describe.each(formats)('a spool in %s', (format) => {
  it('has all entries in order, free of the claims of its dead process', async () => {
    const path = copyOf(format);
    const spool = await aSpool({ path });
    expect(spool.logged).toStrictEqual([]);
    for (const [log, deliveries] of logs) {
      const entries = await spool.sinkLog(log).claimNext(...ALL);
      const found = entries.map(({ delivery }) => ({ ...delivery, body: Uint8Array.from(delivery.body) }));
      const wanted = deliveries.map((one) => ({
        target: undefined,
        ...one,
        body: Uint8Array.from(one.body),
      }));
      expect(found).toStrictEqual(wanted);
      await spool.sinkLog(log).confirm(positionsOf(entries));
    }
    await spool.close();
    expect(existsSync(spoolPaths(path).data)).toBe(false);
  });

  it('accepts new entries after the existing ones', async () => {
    const spool = await aSpool({ path: copyOf(format) });
    const log = spool.sinkLog('presence-2');
    const [first] = contents['presence-2'] ?? [];
    if (first === undefined) throw new Error('there is nothing');
    await log.append([{ ...first, id: 'p-3' }], { claim: false });
    expect((await log.claimNext(...ALL)).map(({ delivery }) => delivery.id)).toStrictEqual([
      'p-1',
      'p-2',
      'p-3',
    ]);
  });

  it('is drained by exhook spool drain', async () => {
    const directory = aDirectory();
    const sinks = logs.map(([log]) => `  ${log}: { file: { path: ./${log}.jsonl } }`).join('\n');
    const config = join(directory, 'exhook.yaml');
    writeFileSync(config, `spool: { path: ${copyOf(format)} }\nsinks:\n${sinks}\n`);
    const terminal = aTerminal();
    const world = { env: {}, terminal, now: Date.now };
    const signal = AbortSignal.timeout(20_000);
    expect(await spoolDrainCommand({ config, timeout: '20s' }, world, signal)).toBe(0);
    expect(terminal.printed).toContain(`${count} of ${count} events were removed from the spool.`);
    for (const [log, deliveries] of logs) {
      const lines = readFileSync(join(directory, `${log}.jsonl`), 'utf8')
        .trimEnd()
        .split('\n');
      expect(lines).toHaveLength(deliveries.length);
    }
  });
});

it('leaves a spool of a later release untouched, and reports it', async () => {
  const path = copyOf('format-1');
  const later = join(path, 'spool-99.mdb');
  writeFileSync(later, 'of the future');
  const spool = await aSpool({ path });
  expect(spool.logged).toMatchObject([
    { level: 'warn', fields: { path: later }, text: expect.stringContaining('another release') },
  ]);
  await spool.close();
  expect(readFileSync(later, 'utf8')).toBe('of the future');
});
