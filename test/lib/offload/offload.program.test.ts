/** With the thread of the built program: `npm run build` first. */
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { offload } from '../../../src/lib/offload/offload.ts';
import { usersFileJob } from '../../../src/lookup/users/load.ts';
import { openPackedUsers } from '../../../src/lookup/users/packed/packed-users.ts';

const entry = pathToFileURL('dist/offload-thread.js');
const HASH = '$2y$05$E6B0wHD49XoES6YwSnKtM.aNrF1GMG4ugVvNQsMp90y3AW4dYj1ty';

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(text));
}

const read = (text: string, where?: URL) => {
  const bytes = bytesOf(text);
  const input = { bytes, format: 'csv', options: {} } as const;
  return offload(usersFileJob, input, [bytes.buffer], { entry: where });
};

beforeAll(() => {
  if (!existsSync(entry)) throw new Error('run npm run build first');
});

describe('offload', () => {
  it('reads users on another thread as on this one, and hands the buffers over', async () => {
    const names = Array.from({ length: 5000 }, (_, i) => `device-${i}`);
    const result = await read(`username,hash\n${names.map((name) => `${name},${HASH}`).join('\n')}`, entry);
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    const users = openPackedUsers(result.packed);
    expect(users.size).toBe(5000);
    for (const username of names)
      expect(users.byUsername.get(username)).toEqual({
        username,
        hash: { kind: 'bcrypt', cost: 5, encoded: HASH },
        tags: {},
        addresses: [],
      });
  });

  it('tells the same problems from another thread', async () => {
    const text = 'username,hash,addresses\na,x,\nb,y\n"\n';
    const here = await read(text);
    expect(here.ok).toBe(false);
    expect(await read(text, entry)).toEqual(here);
    const addresses = `username,hash,addresses\na,${HASH},nowhere\n`;
    expect(await read(addresses, entry)).toMatchObject({
      problems: [{ line: 2, message: expect.stringMatching(/not an IP address/) }],
    });
  });

  it('rejects when the thread cannot start', async () => {
    await expect(read('username', pathToFileURL('dist/no-thread.js'))).rejects.toThrow();
  });
});
