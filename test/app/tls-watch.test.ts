import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { watchTlsFiles } from '../../src/app/tls-watch.ts';
import type { WatchFs } from '../../src/lib/watch.ts';

const paths = { cert: '/tls/cert.pem', key: '/tls/key.pem', clientCa: '/tls/ca.pem' };
/** Several looks, and the time that the other files get to follow. */
const LONG = 10_000;

let texts: Record<string, string>;
let stamp = 0n;
let lines: string[];
let inUse: Record<string, string>;
let stop: () => void;

const fs: WatchFs = {
  stat: async () => ({ mtimeNs: stamp, ctimeNs: stamp, size: 1n, ino: 1n, dev: 1n }) as never,
  readFile: async (path) => texts[path] ?? '',
};

const tls = {
  textOf: (setting: keyof typeof paths) => inUse[paths[setting]] ?? '',
  reload: async () => {
    inUse = { ...texts };
  },
};

function write(path: string, text: string): void {
  texts[path] = text;
  stamp++;
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  texts = { [paths.cert]: 'cert 1', [paths.key]: 'key 1', [paths.clientCa]: 'ca 1' };
  inUse = { ...texts };
  lines = [];
  const log = (text: string): number => lines.push(text);
  stop = watchTlsFiles(paths, tls, { info: log, error: log } as never, { fs });
});
afterEach(() => {
  stop();
  vi.useRealTimers();
});

it('TLS files that have not changed since the start are not logged', async () => {
  await vi.advanceTimersByTimeAsync(LONG);
  expect(lines).toStrictEqual([]);
});

it.each(Object.values(paths))('A change of %s is read once', async (path) => {
  await vi.advanceTimersByTimeAsync(LONG);
  write(path, 'another');
  await vi.advanceTimersByTimeAsync(LONG);
  expect(lines).toStrictEqual(['the TLS files changed and were reloaded']);
  expect(inUse[path]).toBe('another');
});

it('A change between the start and the first look is read', async () => {
  write(paths.cert, 'cert 2');
  write(paths.key, 'key 2');
  await vi.advanceTimersByTimeAsync(LONG);
  expect(lines).toHaveLength(1);
  expect(inUse).toMatchObject({ [paths.cert]: 'cert 2', [paths.key]: 'key 2' });
});
