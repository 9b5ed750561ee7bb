import { describe, expect, it } from 'vitest';
import { type Offload, OffloadError } from '../../../src/lib/offload/offload.ts';
import { type UsersInput, usersJob } from '../../../src/lookup/users/job.ts';
import { openUserStore, UserFileError, type UserStoreOptions } from '../../../src/lookup/users/store.ts';

const HASH = '$2y$05$E6B0wHD49XoES6YwSnKtM.aNrF1GMG4ugVvNQsMp90y3AW4dYj1ty';

/** A file in memory whose stamp is its text. */
function fakeFile(text: string) {
  const file = { text, code: '' };
  const fail = () => {
    if (file.code !== '') throw Object.assign(new Error('no'), { code: file.code });
  };
  const fs = {
    async stat() {
      fail();
      const size = BigInt(file.text.length);
      return { dev: 1n, ino: 1n, size, mtimeNs: 1n, ctimeNs: 1n };
    },
    async readFile() {
      fail();
      return file.text;
    },
  };
  return { file, fs };
}

async function open(text: string, options: Partial<UserStoreOptions> = {}) {
  const { file, fs } = fakeFile(text);
  const problems: string[] = [];
  const sizes: number[] = [];
  const store = await openUserStore({
    path: 'users.csv',
    fs,
    timers: { set: () => undefined, clear: () => {} },
    interval: 1,
    onProblems: (error) => problems.push(error.message),
    onChange: (users) => sizes.push(users.size),
    ...options,
  });
  return { file, store, problems, sizes };
}

describe('openUserStore', () => {
  it('puts a valid new version in force and keeps the old one instead of an invalid one', async () => {
    const { file, store, problems, sizes } = await open(`username,hash\na,${HASH}\n`);
    expect(store.users.size).toBe(1);
    file.text += `b,${HASH}\n`;
    await store.reload();
    expect(store.users.size).toBe(2);
    file.text += 'c,broken\n';
    await store.reload();
    expect(store.users.size).toBe(2);
    expect(problems).toEqual([expect.stringMatching(/^users\.csv:4: not a known form/)]);
    expect(sizes).toEqual([2]);
    store.close();
  });

  it.each([
    ['users.csv', `username,hash\na,${HASH}\n`, 'username,hash\n'],
    ['users.json', JSON.stringify([{ username: 'a', hash: HASH }]), '[]'],
    ['users.yaml', `- { username: a, hash: '${HASH}' }\n`, '[]\n'],
  ])('of %s without any user keeps the previous users, unless it may be empty', async (path, text, none) => {
    const refusing = await open(text, { path });
    refusing.file.text = none;
    await refusing.store.reload();
    expect(refusing.store.users.size).toBe(1);
    expect(refusing.problems).toEqual([expect.stringContaining('has no users, but had some before')]);
    refusing.store.close();
    const allowing = await open(text, { path, allowEmpty: true });
    allowing.file.text = none;
    await allowing.store.reload();
    expect(allowing.sizes).toEqual([0]);
    allowing.store.close();
  });

  it.each(['', '# nobody\n'])(
    'keeps the users when the file is emptied, unless it may be empty: %j',
    async (empty) => {
      const refusing = await open(`username,hash\na,${HASH}\n`, { path: 'a.yaml', format: 'csv' });
      refusing.file.text = empty;
      await refusing.store.reload();
      expect(refusing.store.users.size).toBe(1);
      expect(refusing.problems).toEqual([expect.stringContaining('a.yaml is empty and was not before')]);
      expect(refusing.store.problem).toBeDefined();
      const allowing = await open(`[{"username":"a","hash":"${HASH}"}]`, {
        path: 'b.yaml',
        allowEmpty: true,
      });
      allowing.file.text = empty;
      await allowing.store.reload();
      expect(allowing.store.users.size).toBe(0);
      expect(allowing.problems).toEqual([]);
    },
  );

  it('gives the memory of the users before back at once', async () => {
    const { file, store } = await open(`username,hash\na,${HASH}\n`);
    const before = store.users;
    file.text += `b,${HASH}\n`;
    await store.reload();
    expect(() => before.byUsername.get('a')).toThrow(/replaced/);
    expect(store.users.byUsername.get('a')?.username).toBe('a');
    store.close();
  });

  it('keeps the users when the file goes away', async () => {
    const { file, store, problems } = await open(`username,hash\na,${HASH}\n`);
    file.code = 'ENOENT';
    await store.reload();
    expect(store.users.size).toBe(1);
    expect(problems).toEqual(['users.csv:0: cannot read users.csv: ENOENT']);
  });

  it('lists every problem of a first version that is invalid', async () => {
    const error = await open('username,hash\na,x\nb,y\n').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserFileError);
    expect((error as UserFileError).problems.map(({ line }) => line)).toEqual([2, 3]);
  });

  it('does not start without the file, or without knowing its form', async () => {
    await expect(open('', { path: 'users' })).rejects.toThrow(/set "format"/);
    await expect(openUserStore({ path: '/nowhere/users.csv', onProblems: () => {} })).rejects.toThrow(
      /users.csv:0: cannot be read: ENOENT/,
    );
    const { store } = await open('- username: a\n  password: x\n', {
      path: 'users',
      format: 'yaml',
      allowPlain: true,
    });
    expect(store.users.size).toBe(1);
  });

  it('has the old users while a large file is read by another thread, and of many versions reads the last', async () => {
    const jobs: { users: number; finish: () => void }[] = [];
    const offload = (async (_, input) => {
      const { output } = usersJob(input as UsersInput);
      if (!output.ok) throw new Error('expected users');
      await new Promise<void>((finish) => jobs.push({ users: output.packed.size, finish }));
      return output;
    }) as Offload;
    const rows = (count: number) => Array.from({ length: count }, (_, i) => `device-${i},${HASH}`).join('\n');
    const { file, store, sizes } = await open('username,hash\n', { offload });
    file.text = `username,hash\n${rows(2000)}`;
    const first = store.reload();
    await expect.poll(() => jobs.length).toBe(1);
    for (const count of [3000, 4000]) {
      file.text = `username,hash\n${rows(count)}`;
      void store.reload();
      await new Promise(setImmediate);
    }
    expect(store.users.size).toBe(0);
    jobs[0]?.finish();
    await expect.poll(() => jobs.length).toBe(2);
    expect(store.users.size).toBe(2000);
    jobs[1]?.finish();
    await first;
    expect(jobs.map(({ users }) => users)).toEqual([2000, 4000]);
    await expect.poll(() => sizes).toEqual([2000, 4000]);
    store.close();
  });

  it('reads a small file itself, and keeps the users when a thread fails', async () => {
    const offload: Offload = async () => {
      throw new OffloadError('no memory');
    };
    const { file, store, problems } = await open(`username,hash\na,${HASH}\n`, { offload });
    expect(store.users.size).toBe(1);
    file.text = `username,hash\n${'\n'.repeat(70_000)}`;
    await store.reload();
    expect(store.users.size).toBe(1);
    expect(problems).toEqual(['users.csv:0: no memory']);
    expect(store.problem?.message).toBe('users.csv:0: no memory');
    store.close();
  });
});
