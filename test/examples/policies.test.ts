/** The policy examples: their tests pass, and their READMEs are tried as written against the built server. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exhook, startServer } from '../program/support/program.ts';
import { root } from '../support/source.ts';

describe.each(['devices-users-file', 'fleet-jwt'])('examples/%s', (name) => {
  const directory = join('examples', name);

  it('is a good configuration whose policy tests pass and hit every rule', async () => {
    expect((await exhook(['check', join(directory, 'exhook.yaml')])).code).toBe(0);
    const { code, stdout } = await exhook(['test', join(directory, 'tests.yaml')]);
    expect([code, stdout]).toEqual([0, expect.stringContaining('all as expected')]);
    expect(stdout).not.toContain('never:');
  });

  it('answers the calls of its README as the README says', async () => {
    const readme = readFileSync(join(root, directory, 'README.md'), 'utf8');
    const [, script = ''] = /```sh\n(call\(\).*?)```/s.exec(readme) ?? [];
    const [, answers = ''] = /```json\n(.*?)```/s.exec(readme) ?? [];
    const server = await startServer(['--config', join(directory, 'exhook.yaml')]);
    const command = script.replace('http://127.0.0.1:9000', server.url);
    expect(execFileSync('bash', ['-c', command], { cwd: root, encoding: 'utf8' })).toBe(answers);
  });
});
