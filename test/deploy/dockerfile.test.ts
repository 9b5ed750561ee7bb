/** The image without an engine: what goes into it, and its HEALTHCHECK. `npm run test:container` builds and starts it. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
// @ts-expect-error A plain script.
import { ask, findOrigin, flagsOf } from '../../scripts/healthcheck.mjs';
// @ts-expect-error A plain script.
import { prepareImage } from '../../scripts/image.mjs';
import { type Serving, serve } from '../../src/app/serve.ts';
import { createLogger } from '../../src/log/log.ts';
import { readBundled } from '../supply-chain/support.ts';
import { type Certificates, makeCertificates } from '../support/certificates.ts';
import { root } from './support/overlays.ts';

const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8');
const directory = mkdtempSync(join(tmpdir(), 'exhook-image-'));
const log = await createLogger({ level: 'silent', format: 'json' });
afterAll(() => rmSync(directory, { recursive: true }));

describe('the Dockerfile', () => {
  it('ends as user 65532, with a stop signal and an entry point without a runtime', () => {
    expect(dockerfile).toMatch(/^USER 65532:65532$/m);
    expect(dockerfile).toMatch(/^STOPSIGNAL SIGTERM$/m);
    expect(dockerfile).toMatch(/^ENTRYPOINT \["node", "\/app\/dist\/server.js"\]$/m);
  });

  it('takes its bases as arguments', () => {
    expect(dockerfile.match(/^FROM .*$/gm)).toStrictEqual(['FROM ${BUILDER} AS build', 'FROM ${RUNTIME}']);
  });

  it('has a context without notes, tests and secrets', () => {
    const ignored = readFileSync(join(root, '.dockerignore'), 'utf8').split('\n');
    expect(ignored.find((line) => !line.startsWith('#'))).toBe('*');
    for (const line of ignored.filter((one) => one.startsWith('!')))
      expect(existsSync(join(root, line.slice(1))), line).toBe(true);
  });
});

describe('the files laid out for the image', () => {
  const at = (...names: string[]) => join(directory, 'image', ...names);
  let files: string[];
  beforeAll(async () => {
    await prepareImage(at());
    files = readdirSync(at('app'), { recursive: true, encoding: 'utf8' });
  });

  it('holds the server, the command, the notices and the licence', () => {
    for (const name of ['dist/server.js', 'dist/cli.js', 'dist/THIRD-PARTY-NOTICES.txt', 'LICENSE'])
      expect(files).toContain(name);
  });

  it('holds no types, maps and sources', () => {
    expect(
      files.filter((name) => /\.(ts|map|c|cc|cpp|h)$/.test(name) && statSync(at('app', name)).isFile()),
    ).toStrictEqual([]);
  });

  it('holds every dependency that the bundle left out', () => {
    const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const bundled = readBundled().map(({ path }) => path);
    for (const name of Object.keys(dependencies)) {
      const isThere = existsSync(at('app/node_modules', name, 'package.json'));
      expect(isThere || bundled.includes(`node_modules/${name}`), name).toBe(true);
    }
  });

  it('holds the terms of each package', () => {
    const packages = files.filter((name) => /node_modules\/(@[^/]+\/)?[^/@]+\/package\.json$/.test(name));
    expect(packages.length).toBeGreaterThan(10);
    for (const name of packages)
      expect(files.filter((one) => dirname(one) === dirname(name)).join('\n'), name).toMatch(
        /\/(licen[cs]e|copying)/i,
      );
  });

  it('can be read by everybody', () => {
    for (const name of files) expect(statSync(at('app', name)).mode & 0o444, name).toBe(0o444);
  });

  it('runs as it is', () => {
    const run = (...args: string[]) =>
      spawnSync(process.execPath, args, { cwd: directory, encoding: 'utf8' });
    expect(run(at('app/dist/cli.js'), 'version').status).toBe(0);
    // The root of an image belongs to no package; a directory of this machine may.
    writeFileSync(at('package.json'), '{}');
    writeFileSync(at('hooks.mjs'), "import 'exhook-edge';");
    expect(run(at('hooks.mjs')).stderr).toBe('');
  });

  it('has a HEALTHCHECK that says why it fails', () => {
    const { status, stdout } = spawnSync(process.execPath, [at('app/healthcheck.mjs')], {
      encoding: 'utf8',
      env: { PORT: '1' },
    });
    expect([status, stdout]).toStrictEqual([1, 'connect ECONNREFUSED 127.0.0.1:1\n']);
  });
});

describe('the place that the HEALTHCHECK asks', () => {
  const server = '/app/dist/server.js';
  const file = (text: string) => {
    const path = join(directory, `exhook-${Math.random()}.yaml`);
    writeFileSync(path, text);
    return path;
  };

  it.each<[string[], string[]]>([
    [['node', server], []],
    [
      ['node', server, '--config', '/etc/x y.yaml'],
      ['--config', '/etc/x y.yaml'],
    ],
    [
      ['/sbin/docker-init', '--', 'node', server, '--port', '8080'],
      ['--port', '8080'],
    ],
    [['bash'], []],
    [[], []],
  ])('is known by the flags of the first process: %j', (args, flags) => {
    expect(flagsOf(args.map((arg) => `${arg}${String.fromCharCode(0)}`).join(''))).toStrictEqual(flags);
  });

  it.each<[string, string[], Record<string, string>, string]>([
    ['nothing', [], {}, 'http://127.0.0.1:9000'],
    ['PORT', [], { PORT: '8080' }, 'http://127.0.0.1:8080'],
    ['a variable of ours', [], { EXHOOK_LISTEN_PORT: '8081' }, 'http://127.0.0.1:8081'],
    ['a flag before a variable', ['--port', '8082'], { PORT: '8080' }, 'http://127.0.0.1:8082'],
    ['an address', ['--host', '10.0.0.5'], {}, 'http://10.0.0.5:9000'],
    ['every address of IPv6', ['--host', '::'], {}, 'http://[::1]:9000'],
  ])('is known from %s', (_, flags, env, origin) => {
    expect(findOrigin({ flags, env })).toBe(origin);
  });

  it.each<[string, string, string]>([
    ['its port', 'listen: { port: 7000 }', 'http://127.0.0.1:7000'],
    ['TLS', 'listen: { tls: { cert: a, key: b } }', 'https://127.0.0.1:9000'],
    [
      'certificates of brokers and an admin port',
      'listen: { tls: { cert: a, key: b, clientCa: c } }\nadmin: { port: 9001 }',
      'http://127.0.0.1:9001',
    ],
    [
      'a mistake that was made after the start',
      'listen: { port: 7000 }\nauthorise: {}',
      'http://127.0.0.1:7000',
    ],
    ['nothing', '', 'http://127.0.0.1:9000'],
  ])('is known from a file with %s', (_, text, origin) => {
    expect(findOrigin({ flags: ['--config', file(text)], env: {} })).toBe(origin);
    expect(findOrigin({ flags: [], env: { EXHOOK_CONFIG: file(text) } })).toBe(origin);
  });

  it.each<[string, string, string]>([
    ['any free port', 'listen: { port: 0 }', 'listen.port is 0'],
    ['certificates of brokers', 'listen: { tls: { cert: a, key: b, clientCa: c } }', 'set admin.port'],
  ])('cannot be known with %s', (_, text, words) => {
    expect(() => findOrigin({ flags: ['--config', file(text)], env: {} })).toThrow(words);
  });
});

describe('the question of the HEALTHCHECK', () => {
  let certificates: Certificates;
  const serving: Serving[] = [];
  beforeAll(async () => {
    certificates = await makeCertificates();
    const { cert, key } = certificates.server;
    serving.push(await serve({ config: { listen: { host: '127.0.0.1', port: 0 } }, log }));
    serving.push(
      await serve({ config: { listen: { host: '127.0.0.1', port: 0, tls: { cert, key } } }, log }),
    );
  });
  afterAll(async () => {
    await Promise.all(serving.map((one) => one.stop()));
    await certificates.remove();
  });

  it.each([
    ['http', 0],
    ['https', 1],
  ] as const)('is answered over %s', async (scheme, i) => {
    const { port } = serving[i]?.address ?? {};
    expect(await ask(`${scheme}://127.0.0.1:${port}/readyz`)).toStrictEqual({ status: 200, text: 'ok' });
  });
});
