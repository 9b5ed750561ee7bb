import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { ALL, aDelivery, aDirectory, aSpool, deliveries, idsOf } from './support.ts';

const FILE = 'spool-1.mdb';
/** Enough for a tree of three levels of pages. */
const COUNT = 800;
const all = deliveries('n', COUNT).map(({ id }) => id);
let whole: Buffer = Buffer.alloc(0);

/** A file with entries of all sizes, half of them confirmed: it then has free pages too. */
beforeEach(async () => {
  if (whole.length > 0) return;
  const spool = await aSpool();
  const log = spool.sinkLog('history');
  const sized = all.map((id, i) =>
    aDelivery(id, `client ${i % 7}`, { body: Buffer.alloc((i * 37) % 5000, id) }),
  );
  const positions = await log.append(sized.slice(0, COUNT / 2));
  await log.append(sized.slice(COUNT / 2));
  await log.confirm(positions);
  await spool.close();
  whole = readFileSync(join(spool.directory, FILE));
});

const left = all.slice(COUNT / 2);

async function openDamaged(damage: (path: string) => void) {
  const directory = aDirectory();
  const path = join(directory, FILE);
  writeFileSync(path, whole);
  damage(path);
  const spool = await aSpool({ path: directory });
  const log = spool.sinkLog('history');
  const taken = await log.claimNext(...ALL);
  for (const { delivery } of taken) {
    const expected = Buffer.alloc(delivery.body.byteLength, delivery.id);
    expect(Buffer.compare(delivery.body, expected)).toBe(0);
  }
  // It is of use.
  await log.confirm(taken.map(({ position }) => position));
  await log.append(deliveries('new', 10), { claim: false });
  expect(idsOf(await log.claimNext(...ALL))).toStrictEqual(deliveries('new', 10).map(({ id }) => id));
  expect(log.size).toBe(10);
  return { directory, ids: idsOf(taken), logged: spool.logged };
}

const asideIn = (directory: string) => readdirSync(directory).filter((name) => name.includes('damaged'));

describe('the file of a spool', () => {
  it('keeps all entries when it is intact', async () => {
    const { directory, ids, logged } = await openDamaged(() => undefined);
    expect(ids).toStrictEqual(left);
    expect(logged).toStrictEqual([]);
    expect(asideIn(directory)).toStrictEqual([]);
  });

  it.each([
    ['of garbage', () => Buffer.alloc(100_000, 'garbage ')],
    ['of zeros', () => Buffer.alloc(100_000)],
    ['of one byte', () => Buffer.alloc(1)],
    ['of text', () => Buffer.from('{"spool": true}\n')],
    ['that ends in its second page', () => whole.subarray(0, 5000)],
    [
      'with only its first two pages',
      () => Buffer.concat([whole.subarray(0, 8192), Buffer.alloc(whole.length)]),
    ],
  ])('%s is set aside, and the spool opens', async (_name, content) => {
    const bytes = content();
    const { directory, ids, logged } = await openDamaged((path) => writeFileSync(path, bytes));
    expect(ids).toStrictEqual([]);
    const [aside = ''] = asideIn(directory);
    expect(readFileSync(join(directory, aside)).equals(bytes)).toBe(true);
    expect(statSync(join(directory, aside)).mode & 0o077).toBe(0);
    expect(logged).toMatchObject([
      { level: 'error', fields: { code: 'sink_failed', saved: 0, path: join(directory, aside) } },
    ]);
  });

  it('that is empty counts as no file', async () => {
    const { directory, ids, logged } = await openDamaged((path) => truncateSync(path));
    expect(ids).toStrictEqual([]);
    expect(logged).toStrictEqual([]);
    expect(asideIn(directory)).toStrictEqual([]);
  });

  it.each([0.3, 0.6, 0.9, 0.99])(
    'that is truncated at %d of its length yields the readable entries',
    async (part) => {
      const { ids, logged, directory } = await openDamaged((path) =>
        truncateSync(path, Math.floor(whole.length * part)),
      );
      const known = new Set(left);
      expect(ids.filter((id) => !known.has(id))).toStrictEqual([]);
      if (ids.length < left.length) {
        expect(logged).toHaveLength(1);
        expect(asideIn(directory)).toHaveLength(1);
      }
    },
  );

  const PAGE = 4096;
  /** The flags of LMDB's pages. */
  const [BRANCH, LEAF] = [1, 2];
  /** Pages of the tree with unconfirmed entries, and similar older ones. */
  const pagesOf = (kind: number) =>
    Array.from({ length: whole.length / PAGE - 2 }, (_, i) => i + 2).filter(
      (page) =>
        (whole.readUInt16LE(page * PAGE + 18) & 0xff) === kind &&
        whole.readBigUInt64LE(page * PAGE) === BigInt(page),
    );
  const some = <T>(list: readonly T[], count: number) =>
    list.filter((_, i) => i % Math.ceil(list.length / count) === 0);
  const everyPage = () => Array.from({ length: whole.length / PAGE - 2 }, (_, i) => i + 2);

  it.each([
    ['bodies of pages', () => some(everyPage(), 8), 1000, 'flip'],
    ['numbers and flags of pages', () => some(everyPage(), 8), 0, 'flip'],
    ['leaves', () => some(pagesOf(LEAF), 8), 24, 'fill'],
    ['heads of leaves', () => some(pagesOf(LEAF), 8), 16, 'flip'],
    ['branches', () => some(pagesOf(BRANCH), 6), 24, 'fill'],
    ['lists of free pages', () => everyPage().filter((page) => page < 8), 30, 'flip'],
  ] as const)(
    'with damaged %s yields the other entries, in order, and nothing that was never written',
    async (_name, pages, at, how) => {
      for (const page of pages()) {
        const bytes = Buffer.from(whole);
        for (let i = page * PAGE + at; i < page * PAGE + at + 8; i++)
          bytes[i] = how === 'fill' ? 0xa5 : (bytes[i] ?? 0) ^ 0xff;
        const { ids, logged, directory } = await openDamaged((path) => writeFileSync(path, bytes));
        const positions = ids.map((id) => left.indexOf(id));
        expect(positions).toStrictEqual([...new Set(positions)].sort((a, b) => a - b));
        expect(positions).not.toContain(-1);
        if (ids.length < left.length) {
          expect(asideIn(directory)).toHaveLength(1);
          expect(logged).toHaveLength(1);
        }
        // Damage in one leaf is not the end of the others.
        if (pages().length > 6) expect(ids.length).toBeGreaterThan(left.length / 2);
      }
    },
    60_000,
  );

  it('that is damaged a second time is set aside under another name', async () => {
    const directory = aDirectory();
    for (let i = 1; i <= 3; i++) {
      writeFileSync(join(directory, FILE), 'garbage');
      const spool = await aSpool({ path: directory });
      await spool.close();
      expect(asideIn(directory)).toHaveLength(i);
    }
  });

  it('opens with a damaged lock file beside it', async () => {
    const { ids, logged } = await openDamaged((path) =>
      writeFileSync(`${path}-lock`, Buffer.alloc(8192, 0xff)),
    );
    expect(ids).toStrictEqual(left);
    expect(logged).toStrictEqual([]);
  });

  it('opens with the partial copy of a killed start beside it', async () => {
    const { ids } = await openDamaged((path) => writeFileSync(`${path}.new`, 'half of it'));
    expect(ids).toStrictEqual(left);
  });

  it('of another release is left untouched and reported', async () => {
    const directory = aDirectory();
    writeFileSync(join(directory, 'spool-2.mdb'), 'from the future');
    const spool = await aSpool({ path: directory });
    expect(spool.logged).toMatchObject([{ level: 'warn', fields: { path: join(directory, 'spool-2.mdb') } }]);
    expect(readFileSync(join(directory, 'spool-2.mdb'), 'utf8')).toBe('from the future');
  });
});

describe('an entry that is damaged while the spool is open', () => {
  it('is set aside, and the other entries are delivered', async () => {
    const spool = await aSpool();
    const log = spool.sinkLog('history');
    await log.append(
      [aDelivery('n1'), aDelivery('n2', 'k', { body: Buffer.from('a body to be found') }), aDelivery('n3')],
      { claim: false },
    );
    const path = join(spool.directory, FILE);
    const bytes = readFileSync(path);
    // Written in place, where LMDB has it in memory: a new file would be another.
    const { openSync, writeSync, closeSync } = await import('node:fs');
    const file = openSync(path, 'r+');
    for (
      let at = bytes.indexOf('a body to be found');
      at >= 0;
      at = bytes.indexOf('a body to be found', at + 1)
    )
      writeSync(file, 'X', at);
    closeSync(file);
    expect(idsOf(await log.claimNext(...ALL))).toStrictEqual(['n1', 'n3']);
    expect(log.size).toBe(2);
    const aside = join(spool.directory, 'unreadable-history-2.bin');
    expect(readFileSync(aside, 'utf8')).toContain('X body to be found');
    expect(spool.logged).toMatchObject([{ level: 'error', fields: { sink: 'history', path: aside } }]);
  });
});

describe('a directory that cannot be used', () => {
  it('is reported when it is a file', async () => {
    const path = join(aDirectory(), 'file');
    writeFileSync(path, '');
    await expect(aSpool({ path })).rejects.toThrow(`spool.path: ${path} is a file; name a directory`);
  });

  it('is reported when it lies below a file', async () => {
    const path = join(aDirectory(), 'file');
    writeFileSync(path, '');
    await expect(aSpool({ path: join(path, 'spool') })).rejects.toThrow('lies below a file');
  });

  it('is reported when the spool file in it is a directory', async () => {
    const directory = aDirectory();
    mkdirSync(join(directory, FILE));
    await expect(aSpool({ path: directory })).rejects.toThrow(/spool-1\.mdb/);
  });
});

describe('the files of a spool', () => {
  it('are readable by their user only', async () => {
    const directory = join(aDirectory(), 'made', 'here');
    const spool = await aSpool({ path: directory });
    await spool.sinkLog('a').append(deliveries('a', 1));
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
      const { mode } = statSync(join(directory, name));
      expect([name, (mode & 0o077).toString(8)]).toStrictEqual([name, '0']);
    }
  });

  it('are made private again when they were copied from elsewhere', async () => {
    const directory = aDirectory();
    writeFileSync(join(directory, FILE), whole, { mode: 0o644 });
    await aSpool({ path: directory });
    expect(statSync(join(directory, FILE)).mode & 0o777).toBe(0o600);
    expect(existsSync(join(directory, 'opening'))).toBe(false);
    copyFileSync(join(directory, FILE), join(directory, 'copy'));
  });
});
