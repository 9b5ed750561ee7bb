import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readSecret } from '../../src/lib/secret.ts';

const directory = mkdtempSync(join(tmpdir(), 'exhook-secret-'));
afterAll(() => rmSync(directory, { recursive: true }));
const fileOf = (text: string) => {
  const file = join(directory, `${text.length}`);
  writeFileSync(file, text);
  return { file };
};

describe('readSecret', () => {
  it.each([
    ['text', 'inline', 'inline'],
    ['a variable', { env: 'S' }, 'from env'],
    ['a file without its last line break', fileOf('from file\n'), 'from file'],
    ['a file whose text looks like a reference', fileOf('${SECRET_OF_OURS}'), '${SECRET_OF_OURS}'],
    ['a file of Windows', fileOf('from there\r\n'), 'from there'],
  ])('takes %s', async (_, source, secret) => {
    expect(await readSecret(source, { S: 'from env' })).toBe(secret);
  });

  it.each([
    [{ env: 'NONE' }, 'environment variable NONE is not set'],
    [{ env: 'EMPTY' }, 'environment variable EMPTY is not set'],
    [{ env: 'REFERENCE' }, 'environment variable REFERENCE refers to another variable'],
    [fileOf(''), 'is empty'],
    [{ file: join(directory, 'none') }, 'ENOENT'],
  ])('refuses %j', async (source, message) => {
    await expect(readSecret(source, { EMPTY: '', REFERENCE: '${OTHER}' })).rejects.toThrow(message);
  });
});
