/** Which tests are isolated: those that start something, as their names and folders say. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listTests, programEnding, programFolders, valueTests } from './support/projects.ts';
import { importsOf, readSource, root, withoutComments } from './support/source.ts';

const { program, pure } = listTests();
const tests = [...program, ...pure];

/** Modules that start programs, servers or threads, or connect to them. */
const starters = [
  'child_process',
  'cluster',
  'dgram',
  'http',
  'http2',
  'https',
  'net',
  'tls',
  'worker_threads',
];

/** What changes the process for all files that run in it, or needs a build: module mocks, variables, folders. */
const marks: Record<string, RegExp> = {
  'replaces modules': /\bvi\.(?:do)?[mM]ock\(|\bvi\.resetModules\(/,
  'sets variables of the environment': /\bprocess\.env(?:\.\w+|\[[^\]]*\]) *\??\??=[^=]/,
  'changes the folder or the handlers of the process': /\bprocess\.(?:chdir|on|once|removeAllListeners)\(/,
  // What other files left behind would be part of it.
  'measures all memory of the process': /\{ heapUsed, arrayBuffers \}/,
  'reads dist/': /(?:\broot, |pathToFileURL\(|readFileSync\()['"]dist\b/,
};

/** A test and everything of `test/` and `examples/` that it imports. */
function closureOf(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const ours = importsOf(file).filter(({ from, isType }) => !isType && isOfTests(from));
  for (const { from } of ours) closureOf(from, seen);
  return seen;
}

const isOfTests = (from: string) =>
  /^(?:(?:test|examples)\/.*\.ts|scripts\/.*\.mjs)$/.test(from) && existsSync(join(root, from));

/** Functions about addresses, which open nothing. */
const aboutAddresses = /import \{ (?:(?:BlockList|isIP|isIPv4|isIPv6)(?:, )?)+ \} from 'node:net';/;

/** Why a test cannot share its process with others. */
function findReasons(file: string): string[] {
  return [...closureOf(file)].flatMap((part) => [
    ...importsOf(part, readSource(part).replace(aboutAddresses, ''))
      .filter(({ from, isType }) => !isType && starters.includes(from.replace(/^node:/, '')))
      .map(({ from }) => `${part} imports ${from}`),
    // A script is called: what it does then is no business of the process that imports it.
    ...Object.entries(part.endsWith('.ts') ? marks : {})
      .filter(([, pattern]) => pattern.test(withoutComments(readSource(part))))
      .map(([what]) => `${part} ${what}`),
  ]);
}

describe('a test that shares its process with others', () => {
  it('starts no program, server or thread, and leaves the process as it was', () => {
    const offenders = pure.flatMap((file) => findReasons(file).map((reason) => `${file}: ${reason}`));
    expect(offenders, `Name such a test *${programEnding}`).toStrictEqual([]);
  });

  it('puts back the clock that it replaced', () => {
    const fakes = pure.filter((file) => /\bvi\.useFakeTimers\(/.test(readSource(file)));
    expect(fakes.filter((file) => !/\bvi\.useRealTimers\b/.test(readSource(file)))).toStrictEqual([]);
  });
});

describe('a test that is isolated', () => {
  it('is in a folder about programs, or its name says that it needs its own process', () => {
    const named = tests.filter((file) => file.endsWith(programEnding));
    expect(named.filter((file) => findReasons(file).length === 0)).toStrictEqual([]);
  });

  it.each(programFolders)('has a reason to be in %s', (folder) => {
    const files = tests.filter((file) => file.startsWith(`test/${folder}/`));
    expect(files.filter((file) => findReasons(file).length > 0).length).toBeGreaterThan(0);
  });

  it('is there when the list of tests about values names it', () => {
    expect(valueTests.filter((file) => !pure.includes(file))).toStrictEqual([]);
  });
});
