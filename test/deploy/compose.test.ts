/** deploy/compose, loaded by docker-compose, which needs no engine for that. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { load } from '../../src/app/load.ts';
import { readOwnFacts } from '../../src/cli/commands/doctor.ts';
import { testCommand } from '../../src/cli/commands/test.ts';
import { serverEntry, toHocon } from '../../src/emqx/broker-config.ts';
import { havePreconditions } from '../../src/emqx/guard.ts';
import { readDuration } from '../../src/lib/schema/units.ts';
import { findProgram, isServerMissing } from '../support/servers/process.ts';
import { aTerminal } from '../support/terminal.ts';
import { parseYaml } from './support/manifest.ts';
import { root } from './support/overlays.ts';

interface Service {
  readonly environment?: Readonly<Record<string, string>>;
  readonly command?: readonly string[];
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly profiles?: readonly string[];
  readonly depends_on?: unknown;
  readonly [key: string]: unknown;
}

const directory = join(root, 'deploy/compose');
const source = readFileSync(join(directory, 'compose.yaml'), 'utf8');
const services = servicesOf(source);
const isMissing = isServerMissing('docker-compose', 'docker-compose');

const made: string[] = [];
afterAll(() => {
  for (const one of made) rmSync(one, { recursive: true });
});

function servicesOf(text: string): Readonly<Record<string, Service>> {
  const [document] = parseYaml(text, 'compose.yaml');
  return (document as { services: Record<string, Service> }).services;
}

function service(name: string): Service {
  const found = services[name];
  if (found === undefined) throw new Error(`compose.yaml has no service ${name}`);
  return found;
}

/** What docker-compose makes of a file that stands where ours does. */
function configOf(text: string): { status: number | null; output: string; errors: string } {
  const copy = mkdtempSync(join(tmpdir(), 'exhook-compose-'));
  made.push(copy);
  cpSync(directory, copy, { recursive: true });
  writeFileSync(join(copy, 'compose.yaml'), text);
  const args = ['--project-directory', directory, '--file', join(copy, 'compose.yaml'), 'config'];
  const { status, stdout, stderr } = spawnSync(findProgram('docker-compose') ?? '', args, {
    encoding: 'utf8',
    timeout: 25_000,
  });
  return { status, output: stdout, errors: stderr };
}

describe.skipIf(isMissing)('docker-compose', () => {
  it('takes compose.yaml, without a warning', () => {
    const { status, output, errors } = configOf(source);
    expect(errors).toBe('');
    expect(status).toBe(0);
    expect(Object.keys(servicesOf(output))).toStrictEqual(['emqx', 'exhook-edge', 'nats', 'nats-cli']);
  });

  it.each<[string, string, string]>([
    ['a misspelt key', 'read_only:', 'readonly:'],
    ['a service that is not there', 'condition: service_healthy\n    restart', 'x: y\n    restart'],
    ['a volume that is not there', '- nats:/data', '- other:/data'],
    ['a port that is none', '127.0.0.1:1883:1883', '127.0.0.1:1883:mqtt'],
  ])('refuses %s', (_, from, to) => {
    expect(source).toContain(from);
    expect(configOf(source.replace(from, to)).status).not.toBe(0);
  });
});

describe('the EMQX of compose.yaml', () => {
  it('matches the output of `exhook emqx-config`', async () => {
    const own = await readOwnFacts(join(directory, 'exhook.yaml'), {}, aTerminal());
    if (own === undefined || own === 'bad') throw new Error('exhook.yaml is not good');
    const entry = serverEntry(own, { name: 'exhook-edge', url: 'http://exhook-edge:9000' });
    const [, version] = /:(.+)$/.exec(String(service('emqx').image)) ?? [];
    const printed = toHocon(entry, own, havePreconditions([{ version }])).matchAll(
      /^ *(\w+) = ("?)(.*)\2$/gm,
    );
    const settings = [...printed]
      .filter(([, , , value]) => value !== '[')
      .map(([, key, , value]) => [key, value]);
    const variables = Object.entries(service('emqx').environment ?? {});
    const given = variables.map(([name, value]) => [name.split('__').at(-1)?.toLowerCase(), value]);
    expect(given.sort()).toStrictEqual(settings.sort());
  });

  it('has each setting where EMQX looks for it', () => {
    const places = Object.keys(service('emqx').environment ?? {}).map((name) =>
      name.replace(/__[A-Z_]+$/, ''),
    );
    expect([...new Set(places)].sort()).toStrictEqual([
      'EMQX_AUTHENTICATION__1',
      'EMQX_AUTHORIZATION',
      'EMQX_EXHOOK__SERVERS__1',
    ]);
  });

  it('is reached from this machine only', () => {
    for (const { ports = [] } of Object.values(services))
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  });
});

describe('the exhook-edge of compose.yaml', () => {
  it('starts with the configuration that is mounted', () => {
    const { command, volumes, build } = service('exhook-edge');
    expect(volumes).toStrictEqual(['.:/etc/exhook-edge:ro']);
    expect(command).toStrictEqual(['--config', '/etc/exhook-edge/exhook.yaml']);
    expect(join(directory, String(build))).toBe(root);
  });

  it('has time to drain', async () => {
    const loaded = await load(['--config', join(directory, 'exhook.yaml')], {});
    if ('problems' in loaded) throw new Error(loaded.problems.join('\n'));
    expect(readDuration(String(service('exhook-edge').stop_grace_period))).toBeGreaterThan(
      loaded.config.drain.timeout,
    );
    expect(loaded.warnings).toStrictEqual([]);
  });

  it('lets the demo user do what tests.yaml says, and nobody else', async () => {
    const terminal = aTerminal();
    expect(
      await testCommand([join(directory, 'tests.yaml')], { tap: false }, {}, terminal),
      terminal.errors,
    ).toBe(0);
  });

  it('writes to the NATS beside it', () => {
    const text = readFileSync(join(directory, 'exhook.yaml'), 'utf8');
    expect(text).toContain('nats://nats:4222');
    expect(service('nats').command).toContain('--jetstream');
  });
});
