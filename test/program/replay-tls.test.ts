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
});

async function startTls(): Promise<RunningServer> {
  const tls = { cert: files.path('server.pem'), key: files.path('server.key') };
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
});
