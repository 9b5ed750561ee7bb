/** Whatever is shipped may be shipped with ours, and its terms go along. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
// @ts-expect-error A plain script.
import { findForbidden, makePage } from '../../scripts/licences.mjs';
// @ts-expect-error A plain script.
import { isAllowed } from '../../scripts/supply-chain/licence-policy.mjs';
// @ts-expect-error A plain script.
import { licenceText } from '../../scripts/supply-chain/licence-text.mjs';
// @ts-expect-error A plain script.
import { makeNotices, NOTICES_FILE } from '../../scripts/supply-chain/notices.mjs';
import { root } from '../support/source.ts';
import { packagesInSourceMaps, read, readBundled, type Shipped, shippedOf } from './support.ts';

const shipped = shippedOf(readBundled());
const bundled = shipped.filter(({ isBundled }) => isBundled);

it('ships nothing under a licence that is not allowed', () => {
  expect(findForbidden(shipped)).toStrictEqual([]);
});

it.each([
  ['MIT', true],
  ['(Apache-2.0 AND BSD-3-Clause)', true],
  ['(MIT OR GPL-3.0-only)', true],
  ['MIT OR (GPL-3.0-only AND ISC)', true],
  ['(GPL-3.0-only OR LGPL-3.0-only)', false],
  ['MIT AND GPL-3.0-only', false],
  ['GPL-3.0-only AND MIT OR AGPL-3.0-only', false],
  ['(MIT', false],
  ['MIT GPL-3.0-only', false],
  ['SEE LICENSE IN LICENSE.md', false],
  ['UNLICENSED', false],
  ['UNKNOWN', false],
  ['', false],
])('%s: allowed is %s', (expression, expected) => {
  expect(isAllowed(expression)).toBe(expected);
});

it('finds a forbidden licence in the lock file', () => {
  const lock = JSON.parse(read('package-lock.json'));
  lock.packages['node_modules/zod'].license = 'AGPL-3.0-only';
  delete lock.packages['node_modules/pino'].license;
  const found = findForbidden(shippedOf(readBundled(), lock)) as Shipped[];
  expect(found.map(({ name, licence }) => [name, licence])).toStrictEqual([
    ['pino', 'UNKNOWN'],
    ['zod', 'AGPL-3.0-only'],
  ]);
});

it('has read the licence that the installed package declares', () => {
  const here = shipped.filter(({ path }) => existsSync(join(root, path)));
  expect(here.length).toBeGreaterThan(100);
  for (const { path, licence } of here)
    expect(JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8')).license, path).toBe(licence);
});

it('puts into dist/ the notices of every package whose code is there', () => {
  const notices = read(NOTICES_FILE);
  expect(makeNotices(root, bundled)).toBe(notices);
  const titles = new Set(notices.split('\n'));
  const inSourceMaps = packagesInSourceMaps();
  for (const { path, name, version, licence } of shipped) {
    if (inSourceMaps.includes(path)) expect(titles, path).toContain(`${name} ${version} (${licence})`);
  }
});

/** A few words that each licence has in whatever form. */
const words: Readonly<Record<string, RegExp>> = {
  MIT: /permission is hereby granted, free of charge/i,
  ISC: /permission to use, copy, modify, and(\/or)? distribute this software/i,
  'Apache-2.0': /Apache License\s+Version 2\.0/,
  'BSD-3-Clause': /redistribution and use in source and binary forms/i,
};

it.each(bundled.map((one) => [one.name, one] as const))('%s: the text belongs to its licence', (_, one) => {
  const text = licenceText(root, one) as string;
  expect(text).toMatch(/copyright/i);
  for (const id of one.licence.match(/[\w.-]+/g)?.filter((word) => word !== 'AND') ?? [])
    expect(text).toMatch(words[id] ?? /never/);
});

it('takes the terms from a README if there is no file, and those at the top of third-party code', () => {
  const textOf = (name: string) =>
    licenceText(
      root,
      bundled.find((one) => one.name === name),
    ) as string;
  expect(textOf('pgpass')).toMatch(/^Copyright \(c\) 2013-2016 /);
  expect(textOf('@bufbuild/protobuf')).toContain('Copyright 2008 Google Inc.');
  expect(textOf('@redis/client')).toContain('the authors of @redis/client');
});

it('lists them in docs/licences.md; if not: npm run licences', () => {
  expect(read('docs/licences.md')).toBe(makePage(shipped));
});

it('packs the notices with the code, and none of our tests', () => {
  const text = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 2 ** 26,
  });
  const answer = JSON.parse(text) as unknown;
  const [packed] = Object.values(answer as object) as { files: { path: string }[] }[];
  const files = packed?.files.map(({ path }) => path) ?? [];
  for (const file of ['LICENSE', NOTICES_FILE, 'dist/server.js', 'dist/cli.js'])
    expect(files).toContain(file);
  expect(files.filter((file) => /^(test|src|bench|scripts|deploy)\/|\.env|\.pem$/.test(file))).toStrictEqual(
    [],
  );
}, 120_000);
