/** `exhook replay` against a server that speaks TLS. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../support/source.ts';
import { Certificates } from './support/certificates.ts';
import { exhook, type RunningServer, startServer, temporaryFile } from './support/program.ts';

const recording = join(root, 'test/fixtures/recordings/emqx-5.10.3.jsonl');
const files = new Certificates(mkdtempSync(join(tmpdir(), 'exhook-replay-')));
afterAll(() => rmSync(files.directory, { recursive: true }));
beforeAll(() => {
  files.authority('authority');
  files.authority('strangers');
  files.sign('authority', 'server');
  files.sign('authority', 'broker');
});

async function startTls(more: object = {}): Promise<RunningServer> {
  const tls = { cert: files.path('server.pem'), key: files.path('server.key'), ...more };
  return await startServer(['--config', temporaryFile('exhook.yaml', JSON.stringify({ listen: { tls } }))]);
}

describe('exhook replay to a server with TLS', () => {
  it('trusts the authority that --ca names', async () => {
    const server = await startTls();
    const flags = ['--url', server.url, '--ca', files.path('authority.pem'), '--summary'];
    const { code, stdout, stderr } = await exhook(['replay', recording, ...flags]);
    expect([code, stderr]).toStrictEqual([0, '']);
    expect(stdout).toMatch(/\n171 calls: 171 answered, 0 failed\n$/);
  });

  it.each([
    ['no authority', []],
    ['another authority', ['--ca', 'strangers.pem']],
  ])('trusts nobody with %s, and says what to do', async (_, flags) => {
    const server = await startTls();
    const own = flags.map((flag) => (flag.endsWith('.pem') ? files.path(flag) : flag));
    const { code, stdout, stderr } = await exhook(['replay', recording, '--url', server.url, ...own]);
    expect([code, stdout]).toStrictEqual([2, '']);
    expect(stderr).toMatch(
      /^cannot connect to https:.*Name the authority that signed its certificate with --ca FILE\.$/m,
    );
  });

  it('shows its certificate to a server that asks for one', async () => {
    const server = await startTls({ clientCa: files.path('authority.pem') });
    const flags = ['--url', server.url, '--ca', files.path('authority.pem'), '--summary'];
    const own = ['--cert', files.path('broker.pem'), '--key', files.path('broker.key')];
    const { code, stdout, stderr } = await exhook(['replay', recording, ...flags, ...own]);
    expect([code, stderr]).toStrictEqual([0, '']);
    expect(stdout).toMatch(/\n171 calls: 171 answered, 0 failed\n$/);
    expect((await exhook(['replay', recording, ...flags])).code).not.toBe(0);
  });
});
