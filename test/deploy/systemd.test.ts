/**
 * deploy/systemd, checked by systemd's own tool. The tool accepts unknown settings with a warning, which fails here.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { load } from '../../src/app/load.ts';
import { checkCommand } from '../../src/cli/commands/check.ts';
import { readDuration } from '../../src/lib/schema/units.ts';
import { findProgram, isServerMissing } from '../support/servers/process.ts';
import { aTerminal } from '../support/terminal.ts';
import { root } from './support/overlays.ts';

const directory = join(root, 'deploy/systemd');
const unit = readFileSync(join(directory, 'exhook-edge.service'), 'utf8');
const isMissing = isServerMissing('systemd-analyze', 'systemd');

/** Tenths; 100 is a service with no protection at all. */
const MAX_EXPOSURE = 15;

const made: string[] = [];
afterAll(() => {
  for (const one of made) rmSync(one, { recursive: true });
});

function temporary(): string {
  const path = mkdtempSync(join(tmpdir(), 'exhook-systemd-'));
  made.push(path);
  return path;
}

/** What systemd-analyze says about a unit that starts the Node of this machine. */
function analyze(
  text: string,
  ...command: string[]
): { status: number | null; errors: string; output: string } {
  const path = join(temporary(), 'exhook-edge.service');
  writeFileSync(path, text.replace('ExecStart=/usr/bin/node', `ExecStart=${process.execPath}`));
  const { status, stdout, stderr } = spawnSync(findProgram('systemd-analyze') ?? '', [...command, path], {
    encoding: 'utf8',
    timeout: 25_000,
    env: { ...process.env, SYSTEMD_COLORS: '0' },
  });
  return { status, errors: stderr, output: stdout };
}

const security = (text: string) =>
  analyze(text, 'security', '--no-pager', '--offline=yes', `--threshold=${MAX_EXPOSURE}`);

function setting(name: string): string {
  return new RegExp(`^${name}=(.*)$`, 'm').exec(unit)?.[1] ?? '';
}

describe.skipIf(isMissing)('systemd-analyze', () => {
  it('has nothing to say about the unit', () => {
    expect(analyze(unit, 'verify')).toStrictEqual({ status: 0, errors: '', output: '' });
  });

  it.each<[string, string, string]>([
    ['a misspelt key', 'NoNewPrivileges=', 'NoNewPriviliges='],
    ['a key in the wrong section', 'WantedBy=', 'Restart='],
    ['a value that does not exist', 'Restart=on-failure', 'Restart=sometimes'],
    ['a program that is not there', 'ExecReload=/bin/kill', 'ExecReload=/bin/kil'],
    ['a set of system calls that does not exist', '@system-service', '@system-services'],
  ])('complains about %s', (_, from, to) => {
    expect(unit).toContain(from);
    expect(analyze(unit.replace(from, to), 'verify').errors).not.toBe('');
  });

  it('finds the unit well protected', () => {
    const { status, output } = security(unit);
    expect(status, output).toBe(0);
  });

  it.each(['CapabilityBoundingSet=', 'SystemCallFilter=', 'User='])('misses %s', (name) => {
    const without = unit.replace(new RegExp(`^${name}.*\n`, 'gm'), '');
    expect(security(without).status).not.toBe(0);
  });
});

describe('exhook-edge.service', () => {
  it('starts what npm installs, with the configuration beside it', () => {
    const [node, server = '', ...flags] = setting('ExecStart').split(' ');
    expect(node).toBe('/usr/bin/node');
    const [, prefix, file = ''] = /^(.*)\/lib\/node_modules\/exhook-edge\/(.*)$/.exec(server) ?? [];
    expect(unit).toContain(`npm install --global --prefix ${prefix} exhook-edge`);
    expect(existsSync(join(root, file))).toBe(true);
    expect(flags).toStrictEqual(['--config', '/etc/exhook-edge/exhook.yaml']);
  });

  it('lets V8 compile', () => {
    expect(setting('MemoryDenyWriteExecute')).toBe('');
  });
});

describe('exhook.yaml of the unit', () => {
  it('is good', async () => {
    const terminal = aTerminal();
    expect(await checkCommand(join(directory, 'exhook.yaml'), {}, terminal), terminal.errors).toBe(0);
  });

  it('fits the unit: time to drain, and places that may be written to', async () => {
    const loaded = await load(['--config', join(directory, 'exhook.yaml')], {});
    if ('problems' in loaded) throw new Error(loaded.problems.join('\n'));
    const { drain, spool, sinks } = loaded.config;
    expect(readDuration(`${setting('TimeoutStopSec')}s`)).toBeGreaterThan(drain.timeout);
    const state = `/var/lib/${setting('StateDirectory')}/`;
    expect(spool?.path.startsWith(state)).toBe(true);
    expect(JSON.stringify(sinks)).toContain(`"${state}`);
  });
});
