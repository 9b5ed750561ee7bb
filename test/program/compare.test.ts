/** `node dist/cli.js compare`: exit statuses, and recordings that workers wrote. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../support/source.ts';
import { exhook, startServer, temporaryDirectory, temporaryFile } from './support/program.ts';

const lives = ['emqx-5.3.2', 'emqx-5.10.3'].map((name) =>
  join(root, `test/fixtures/recordings/${name}.jsonl`),
);
const policy = (topics: string) =>
  temporaryFile('exhook.yaml', `authorize:\n  rules:\n    - { allow: all, topics: ["${topics}"] }\n`);

describe('exhook compare', () => {
  it('ends with 0 when nothing would change, and with 1 when something would', async () => {
    const old = policy('t/#');
    const same = await exhook(['compare', old, policy('t/#'), ...lives]);
    expect([same.code, same.stderr]).toStrictEqual([0, '']);
    expect(same.stdout).toMatch(/\n\nNothing would change\.\n$/);
    const other = await exhook(['compare', old, policy('t/+'), ...lives, '--limit', '1']);
    expect([other.code, other.stderr]).toStrictEqual([1, '']);
    expect(other.stdout).toContain('client.authorize  allow (rule 1) -> deny (otherwise)');
    expect(other.stdout).not.toContain('\x1b');
  });

  it('prints JSON, and only some hooks, when asked', async () => {
    const flags = ['--only', 'authorize', '--json'];
    const { code, stdout } = await exhook(['compare', policy('t/#'), policy('t/+'), ...lives, ...flags]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ hooks: [{ hook: 'client.authorize' }], untold: [] });
  });

  it('ends with 2 when a file cannot be used, and says where', async () => {
    const bad = temporaryFile('exhook.yaml', 'authorize:\n  rulez: []\n');
    const { code, stdout, stderr } = await exhook(['compare', policy('t/#'), bad, ...lives]);
    expect([code, stdout]).toStrictEqual([2, '']);
    expect(stderr).toContain(`${bad}:2:`);
  });

  it('names its arguments and options', async () => {
    const { code, stdout } = await exhook(['compare', '--help']);
    expect(code).toBe(0);
    for (const word of ['<old>', '<new>', '<recording...>', '--only', '--limit', '--changed-only', '--json'])
      expect(stdout).toContain(word);
  });
});

describe('recordings of two workers', () => {
  it('are separate files, which replay and compare accept together', async () => {
    const directory = temporaryDirectory();
    const server = await startServer(['--workers', '2', '--record', join(directory, 'traffic.jsonl')]);
    await server.stderr.until(
      'both workers listen',
      () => server.log.filter(({ message }) => /^listening on/.test(message)).length === 2,
    );
    // Connections are dealt in turn.
    const sent = await exhook(['replay', ...lives, '--url', server.url, '--connections', '4', '--summary']);
    expect([sent.code, sent.stderr]).toStrictEqual([0, '']);
    await server.stop();

    const files = readdirSync(directory).sort();
    expect(files).toStrictEqual(['traffic.1.jsonl', 'traffic.2.jsonl']);
    const paths = files.map((name) => join(directory, name));
    const lines = paths.map((path) => readFileSync(path, 'utf8').trimEnd().split('\n'));
    for (const own of lines)
      expect(own.map((line) => JSON.parse(line).seq)).toStrictEqual(own.map((_, i) => i + 1));
    expect(lines.flat()).toHaveLength(169 + 171);
    const named = server.log.filter(({ message }) => /recorded to a file of this worker/.test(message));
    expect(named.map(({ file }) => file).sort()).toStrictEqual(paths);

    const { code, stdout } = await exhook(['compare', policy('t/#'), policy('t/#'), ...paths]);
    expect([code, stdout]).toStrictEqual([0, expect.stringMatching(/^client\.authorize +39 +39 +0 +0$/m)]);
  });
});
