import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createUserFiles, type UserFileListener } from '../../../src/lookup/users/shared.ts';

const HASH = '$2y$05$E6B0wHD49XoES6YwSnKtM.aNrF1GMG4ugVvNQsMp90y3AW4dYj1ty';

let directory: string;
let path: string;
const write = (...names: string[]) =>
  writeFileSync(path, ['username,hash', ...names.map((name) => `${name},${HASH}`)].join('\n'));

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'users-'));
  path = join(directory, 'users.csv');
});
afterEach(() => rmSync(directory, { recursive: true }));

function listener() {
  const told: string[] = [];
  const listening: UserFileListener = {
    onChange: () => told.push('change'),
    onTold: ({ size }) => told.push(`${size} users`),
    onProblems: () => told.push('problems'),
  };
  return { told, listening };
}

describe('users files that several policies ask', () => {
  it('are one set of users: a policy that is opened later gives the earlier one the newest', async () => {
    const files = createUserFiles();
    write('a');
    const [one, two] = [listener(), listener()];
    const first = await files.open({ path }, one.listening);
    write('a', 'b');
    const second = await files.open({ path }, two.listening);
    expect(first.users).toBe(second.users);
    expect(second.users.size).toBe(2);
    expect(one.told).toEqual(['change', '2 users']);
    first.close();
    first.close();
    expect(second.users.byUsername.get('b')).toBeDefined();
    second.close();
  });

  it('are read once for two policies when nothing has changed', async () => {
    const files = createUserFiles();
    write('a');
    const first = await files.open({ path }, listener().listening);
    const before = first.users;
    const second = await files.open({ path }, listener().listening);
    expect(second.users).toBe(before);
    for (const file of [first, second]) file.close();
  });

  it('are two sets where they are read in two ways', async () => {
    const files = createUserFiles();
    write('a');
    const first = await files.open({ path }, listener().listening);
    const second = await files.open({ path, allowPlain: true }, listener().listening);
    expect(second.users).not.toBe(first.users);
    for (const file of [first, second]) file.close();
  });

  it('keep no policy from starting later with a file that is broken now, and refuse it until it is not', async () => {
    const files = createUserFiles();
    write('a');
    const first = await files.open({ path }, listener().listening);
    write('a', 'a');
    for (const _ of [1, 2])
      await expect(files.open({ path }, listener().listening)).rejects.toThrow(
        /:3: this user is listed twice/,
      );
    expect(first.users.size).toBe(1);
    rmSync(path);
    await expect(files.open({ path }, listener().listening)).rejects.toThrow(/ENOENT/);
    write('a', 'b', 'c');
    const second = await files.open({ path }, listener().listening);
    expect(second.users.size).toBe(3);
    for (const file of [first, second]) file.close();
  });

  it('can be opened again when their first opening has failed', async () => {
    const files = createUserFiles();
    await expect(files.open({ path }, listener().listening)).rejects.toThrow(/ENOENT/);
    write('a');
    const file = await files.open({ path }, listener().listening);
    expect(file.users.size).toBe(1);
    file.close();
  });
});
