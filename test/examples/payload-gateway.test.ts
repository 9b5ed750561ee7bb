/** The gateway for payloads: its tests pass, and its README is tried as written against the built server. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exhook, startServer } from '../program/support/program.ts';
import { root } from '../support/source.ts';

const directory = 'examples/payload-gateway';
const readme = readFileSync(join(root, directory, 'README.md'), 'utf8');

function hasProgram(name: string): boolean {
  try {
    execFileSync('which', [name], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe('examples/payload-gateway', () => {
  it('is a good configuration whose tests pass and use every rule', async () => {
    expect((await exhook(['check', join(directory, 'exhook.yaml')])).code).toBe(0);
    const { code, stdout } = await exhook(['test', join(directory, 'tests.yaml')]);
    expect([code, stdout]).toEqual([0, expect.stringContaining('all as expected')]);
    expect(stdout).toContain('6 of 6 message rules applied.');
  });

  it('is explained as the README shows', async () => {
    const [, command = ''] = /(explain publish .*?)```/s.exec(readme) ?? [];
    const [, shown] = /```text\n(.*?)```/s.exec(readme) ?? [];
    const { code, stdout } = await exhook(command.replaceAll('\\\n', ' ').trim().split(/\s+/));
    expect([code, stdout]).toEqual([0, shown]);
  });

  it('answers the calls of its README as the README says', async () => {
    const [, script = ''] = /```sh\n(publish\(\).*?)```/s.exec(readme) ?? [];
    const [, answers = ''] = /```json\n(.*?)```/s.exec(readme) ?? [];
    const server = await startServer(['--config', join(directory, 'exhook.yaml')]);
    const command = script.replace('http://127.0.0.1:9000', server.url);
    expect(execFileSync('bash', ['-c', command], { cwd: root, encoding: 'utf8' })).toBe(answers);
  });

  const skipped = hasProgram('protoc') ? false : 'protoc is not installed (package protobuf-compiler)';
  it.skipIf(skipped)('has a descriptor set that protoc makes of its .proto file', () => {
    const copy = mkdtempSync(join(tmpdir(), 'exhook-gateway-'));
    try {
      cpSync(join(root, directory), copy, { recursive: true });
      execFileSync('protoc', ['--include_imports', '--descriptor_set_out=made.binpb', 'sensors.proto'], {
        cwd: copy,
      });
      const made = readFileSync(join(copy, 'made.binpb'));
      expect(made.equals(readFileSync(join(copy, 'sensors.binpb')))).toBe(true);
    } finally {
      rmSync(copy, { recursive: true });
    }
  });
});
