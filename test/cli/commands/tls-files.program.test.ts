import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTlsFiles } from '../../../src/cli/commands/tls-files.ts';
import { Certificates } from '../../program/support/certificates.ts';

const files = new Certificates(mkdtempSync(join(tmpdir(), 'exhook-tls-files-')));
const url = 'https://127.0.0.1:1';
afterAll(() => rmSync(files.directory, { recursive: true }));
beforeAll(() => {
  files.authority('authority');
  writeFileSync(files.path('text'), 'not PEM');
});

describe('the files behind --ca, --cert and --key', () => {
  it('are nothing when none is given', async () => {
    expect(await readTlsFiles({}, 'http://127.0.0.1:1')).toBeUndefined();
  });

  it('are read as texts', async () => {
    const [cert, key] = [files.path('authority.pem'), files.path('authority.key')];
    expect(await readTlsFiles({ ca: cert, cert, key }, url)).toEqual({
      ca: files.read('authority.pem').toString(),
      cert: files.read('authority.pem').toString(),
      key: files.read('authority.key').toString(),
    });
  });

  it.each([
    ['http://127.0.0.1:1', { key: 'text', cert: 'text' }, '--cert is for TLS: write --url https://...'],
    [url, { cert: 'authority.pem' }, '--cert and --key go together: write both'],
    [url, { key: 'authority.key' }, '--cert and --key go together: write both'],
    [url, { ca: 'absent' }, /^--ca: cannot read .*absent: ENOENT$/],
    [url, { ca: 'authority.key' }, /^--ca: .*authority\.key holds no certificate in PEM$/],
    [
      url,
      { cert: 'authority.pem', key: 'text' },
      /^--key: .*text holds no private key without a passphrase in PEM$/,
    ],
  ])('report the error for %s and %o', async (to, names, problem) => {
    const paths = Object.fromEntries(Object.entries(names).map(([name, file]) => [name, files.path(file)]));
    await expect(readTlsFiles(paths, to)).rejects.toThrow(problem);
  });
});
