import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  formatAge,
  formatBytes,
  spoolLsCommand,
  spoolPurgeCommand,
} from '../../../src/cli/commands/spool.ts';
import { spoolDrainCommand } from '../../../src/cli/commands/spool-drain.ts';
import { useProcesses } from '../../events/spool/processes.ts';
import { aSpool, deliveries } from '../../events/spool/support.ts';
import { aTerminal } from './fake-terminal.ts';

const start = useProcesses();
const never = async () => {
  throw new Error('asked');
};

/** A configuration with a spool, and what waits in it. */
async function aSetup({ waiting = {} as Record<string, number>, sinks = '' } = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'exhook-spool-command-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const config = join(directory, 'exhook.yaml');
  writeFileSync(config, `spool: { path: ./spool }\nsinks:\n  history: { stdout: {} }\n${sinks}`);
  const path = join(directory, 'spool');
  if (Object.keys(waiting).length > 0) {
    const spool = await aSpool({ path });
    for (const [sink, count] of Object.entries(waiting))
      await spool.sinkLog(sink).append(deliveries(sink, count));
    await spool.close();
  }
  const terminal = aTerminal();
  const world = { env: {}, terminal, now: Date.now };
  return { directory, config, path, terminal, world };
}

describe('exhook spool ls', () => {
  it('says that there is no spool', async () => {
    const { config, path, terminal, world } = await aSetup();
    expect(await spoolLsCommand({ config }, world)).toBe(0);
    expect(terminal.printed).toStrictEqual([`there is no spool at ${path}: no events are waiting`]);
  });

  it('shows the waiting entries, their age, and those of a removed sink', async () => {
    const { config, terminal, world } = await aSetup({ waiting: { history: 3, old: 1 } });
    const later = { ...world, now: () => Date.now() + 90_000 };
    expect(await spoolLsCommand({ config }, later)).toBe(0);
    expect(terminal.printed[0]).toMatch(/^sink +events +size +oldest +being delivered$/);
    expect(terminal.printed[1]).toMatch(/^history +3 +\d+ B +1m 3\ds$/);
    expect(terminal.printed[2]).toMatch(/^old +1 +\d+ B +1m 3\ds +no such sink in the configuration$/);
    expect(terminal.printed.at(-1)).toMatch(/ of 1 GiB are used\.$/);
  });

  it('shows who delivers, and prints JSON', async () => {
    const { config, path, terminal, world } = await aSetup();
    const other = await start(path);
    await other.ask('append', ['a', 'b'], 'k', true);
    expect(await spoolLsCommand({ config, json: true }, world)).toBe(0);
    const printed = JSON.parse(terminal.printed[0] ?? '');
    expect(printed).toMatchObject({
      path,
      maxBytes: 2 ** 30,
      sinks: [
        {
          sink: 'history',
          count: 2,
          claimed: 2,
          claimedBy: [`process ${other.child.pid}`],
          isConfigured: true,
        },
      ],
      setAside: [],
    });
    expect(Date.parse(printed.sinks[0].oldest)).toBeGreaterThan(Date.now() - 60_000);
    expect(printed.bytes).toBe(printed.sinks[0].bytes);
  });

  it('shows the entries set aside', async () => {
    const { config, path, terminal, world } = await aSetup({ waiting: { history: 3 } });
    writeFileSync(join(path, 'spool-1.mdb'), 'garbage');
    expect(await spoolLsCommand({ config }, world)).toBe(0);
    expect(terminal.complained).toStrictEqual([expect.stringMatching(/the spool was damaged/)]);
    expect(terminal.printed).toStrictEqual([
      'The spool is empty.',
      expect.stringMatching(/^set aside because it is damaged: .*spool-1\.mdb\.damaged-/),
    ]);
  });

  it('reports errors in a configuration', async () => {
    const { terminal, world, directory } = await aSetup();
    const config = join(directory, 'other.yaml');
    writeFileSync(config, 'workers: none\n');
    expect(await spoolLsCommand({ config }, world)).toBe(2);
    writeFileSync(config, '{}\n');
    expect(await spoolLsCommand({ config }, world)).toBe(2);
    expect(terminal.complained.at(-1)).toBe(`${config} has no section spool`);
  });
});

describe('exhook spool purge', () => {
  it('asks, and does nothing on no', async () => {
    const { config, terminal, world } = await aSetup({ waiting: { history: 3, old: 1 } });
    const asked: string[] = [];
    const no = async (question: string) => asked.push(question) < 0;
    expect(await spoolPurgeCommand({ config }, world, no)).toBe(1);
    expect(asked).toStrictEqual(['Remove 4 events for history, old permanently, without delivery? [y/N] ']);
    expect(terminal.complained).toStrictEqual([
      'nothing was removed; use --yes to remove without a question',
    ]);
  });

  it('removes the entries of one sink, or all entries', async () => {
    const { config, terminal, world } = await aSetup({ waiting: { history: 3, old: 1 } });
    expect(await spoolPurgeCommand({ config, sink: 'old' }, world, async () => true)).toBe(0);
    expect(await spoolPurgeCommand({ config, sink: 'old' }, world, never)).toBe(0);
    expect(await spoolPurgeCommand({ config, yes: true }, world, never)).toBe(0);
    expect(await spoolPurgeCommand({ config, yes: true }, world, never)).toBe(0);
    expect(terminal.printed).toStrictEqual([
      '1 event was removed.',
      'No events are waiting for old.',
      '3 events were removed.',
      'The spool is empty.',
    ]);
  });

  it('does not touch entries that a server delivers, unless forced', async () => {
    const { config, path, terminal, world } = await aSetup();
    const other = await start(path);
    await other.ask('append', ['a', 'b'], 'k', true);
    expect(await spoolPurgeCommand({ config, yes: true }, world, never)).toBe(1);
    expect(terminal.complained[0]).toBe(
      `events are being delivered by process ${other.child.pid}: stop it first, or add --force to remove them anyway`,
    );
    expect(await spoolPurgeCommand({ config, yes: true, force: true }, world, never)).toBe(0);
    expect(await other.ask('size')).toBe(0);
  });
});

describe('exhook spool drain', () => {
  const configured = (url: string) =>
    `spool: { path: ./spool }\nsinks:\n  out: { http: { url: "${url}" } }\n`;

  /** Somebody who takes events, and remembers their ids. */
  async function aReceiver(): Promise<{ url: string; ids: string[] }> {
    const ids: string[] = [];
    const server = createServer(async (request, response) => {
      ids.push(...[JSON.parse(await text(request))].flat().map(({ id }) => id));
      response.end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, ids };
  }
  const signal = new AbortController().signal;

  it('delivers what waits, in order, and leaves an empty spool', async () => {
    const { config, terminal, world } = await aSetup({ waiting: { out: 300 } });
    const { url, ids } = await aReceiver();
    writeFileSync(config, configured(url));
    expect(await spoolDrainCommand({ config }, world, signal)).toBe(0);
    expect(terminal.printed).toStrictEqual([
      '300 of 300 events were removed from the spool.',
      'The spool is empty.',
    ]);
    expect(ids).toStrictEqual(deliveries('out', 300).map(({ id }) => id));
    expect(await spoolDrainCommand({ config }, world, signal)).toBe(0);
    expect(terminal.printed.at(-1)).toBe('The spool is empty.');
  });

  it('leaves what no sink takes, and says so', async () => {
    const { config, terminal, world } = await aSetup({ waiting: { gone: 2 } });
    writeFileSync(config, configured((await aReceiver()).url));
    expect(await spoolDrainCommand({ config }, world, signal)).toBe(1);
    expect(terminal.complained).toStrictEqual([
      '2 events wait for sinks that the configuration does not have: exhook spool ls shows them',
    ]);
  });

  it('gives up when its time is over, and loses nothing', async () => {
    const { config, path, terminal, world } = await aSetup({ waiting: { out: 5 } });
    writeFileSync(config, configured('http://127.0.0.1:1/'));
    expect(await spoolDrainCommand({ config, timeout: '300ms' }, world, signal)).toBe(1);
    expect(terminal.printed).toStrictEqual(['0 of 5 events were removed from the spool.']);
    expect((await aSpool({ path })).sinkLog('out').size).toBe(5);
    expect(await spoolDrainCommand({ config, timeout: 'soon' }, world, signal)).toBe(2);
  });
});

it.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1 KiB'],
  [1.5 * 2 ** 20, '1.5 MiB'],
  [2 ** 42, '4096 GiB'],
])('%d bytes read as %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));

it.each([
  [-5, '0s'],
  [59_999, '59s'],
  [61_000, '1m 1s'],
  [3_600_000, '1h 0m'],
  [90_061_000, '1d 1h'],
])('%d ms read as %s', (milliseconds, text) => expect(formatAge(milliseconds)).toBe(text));
