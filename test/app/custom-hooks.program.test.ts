import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadCustomHooks, replaceHooks } from '../../src/app/custom-hooks.ts';
import { formatProblem } from '../../src/config/problem.ts';
import { defineHook } from '../../src/core/hook.ts';
import { hooks as builtIn } from '../../src/core/hooks/index.ts';
import type { ImportModule } from '../../src/lib/import-file.ts';
import { allow, observed } from '../../src/protocol/schema/replies.ts';

const authorize = defineHook({ name: 'client.authorize', decide: () => ({ reply: allow() }) });
const connected = defineHook({ name: 'client.connected', decide: () => ({ reply: observed() }) });

/** Modules by path, instead of files. */
function modules(exports: Record<string, Record<string, unknown>>): ImportModule {
  return async (url) => exports[new URL(url).pathname] ?? {};
}

async function load(...exports: Record<string, unknown>[]) {
  const files = exports.map((_, i) => `./${'abc'[i]}.mjs`);
  const table = Object.fromEntries(exports.map((module, i) => [`/base/${'abc'[i]}.mjs`, module]));
  return await loadCustomHooks(files, '/base', modules(table));
}

async function problemsOf(...exports: Record<string, unknown>[]): Promise<string[] | undefined> {
  return (await load(...exports)).problems?.map(formatProblem);
}

describe('loadCustomHooks', () => {
  it.each<[string, Record<string, unknown>, string[]]>([
    ['a default export', { default: authorize }, ['client.authorize']],
    ['a list', { default: [authorize, connected] }, ['client.authorize', 'client.connected']],
    ['named exports', { authorize, connected }, ['client.authorize', 'client.connected']],
    ['the same hook by two names', { default: authorize, authorize }, ['client.authorize']],
    [
      'other exports',
      { default: authorize, help: () => 1, name: 'x', table: { a: 1 } },
      ['client.authorize'],
    ],
  ])('takes %s', async (_, module, names) => {
    expect((await load(module)).hooks?.map(({ name }) => name).sort()).toEqual(names);
  });

  it('collects look-ups, also from a module without hooks', async () => {
    const answer = () => 1;
    expect(await load({ default: authorize, lookups: { a: answer } }, { lookups: { b: answer } })).toEqual({
      hooks: [authorize],
      lookups: { a: answer, b: answer },
    });
  });

  it('reads a file that is named twice once', async () => {
    const importModule = modules({ '/base/a.mjs': { default: authorize } });
    const loaded = await loadCustomHooks(['./a.mjs', './a.mjs', 'a.mjs'], '/base', importModule);
    expect(loaded).toEqual({ hooks: [authorize], lookups: {} });
  });

  it.each<[Record<string, unknown>[], string[]]>([
    [[{}], ['./a.mjs: exports no hook; write export default defineHook({ name, decide })']],
    [[{ default: [] }], ['./a.mjs: exports no hook; write export default defineHook({ name, decide })']],
    [[{ default: 'x' }], ['./a.mjs: a hook is an object: make it with defineHook({ name, decide })']],
    [[{ default: [null] }], ['./a.mjs: a hook is an object: make it with defineHook({ name, decide })']],
    [
      [{ default: { name: 'client.authorize' } }],
      ['./a.mjs: hook client.authorize needs a function "decide"'],
    ],
    [[{ mine: { name: 'client.authorize' } }], ['./a.mjs: hook client.authorize needs a function "decide"']],
    [
      [{ default: [authorize, { ...authorize }] }],
      ['./a.mjs: exports hook client.authorize twice; keep one'],
    ],
    [
      [{ default: authorize }, { default: { ...authorize } }],
      ['./b.mjs: exports hook client.authorize, and so does ./a.mjs; keep one'],
    ],
    [
      [{ lookups: 5 }],
      ['./a.mjs: "lookups" must be an object of functions, by the kind of question they answer'],
    ],
    [[{ lookups: { token: 5 } }], ['./a.mjs: look-up "token" must be a function of a question']],
    [
      [{ lookups: { token: () => 1 } }, { lookups: { token: () => 2 } }],
      ['./b.mjs: exports look-up "token", and so does ./a.mjs; keep one'],
    ],
    [
      [{}, { default: 5 }],
      [
        './a.mjs: exports no hook; write export default defineHook({ name, decide })',
        './b.mjs: a hook is an object: make it with defineHook({ name, decide })',
      ],
    ],
  ])('%j -> %s', async (exports, problems) => {
    expect(await problemsOf(...exports)).toEqual(problems);
  });
});

/** Only Node itself shows how its imports fail: the function runs bundled, in its own process. */
describe('modules that Node imports', () => {
  const directory = mkdtempSync(join(tmpdir(), 'exhook-hooks-'));
  const files: Record<string, string> = {
    'good.mjs': `export default { name: 'client.connected', decide: () => ({ reply: { kind: 'observed' } }) };`,
    'throws.mjs': `throw new TypeError('no database');`,
    'throws-nothing.mjs': 'throw undefined;',
    'syntax.mjs': 'export default {',
    'needs.mjs': `import './missing.mjs';`,
    'typed.ts': 'export default 1 as number;',
  };

  beforeAll(async () => {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
    mkdirSync(join(directory, 'folder'));
    const contents = `
      import { loadCustomHooks } from './src/app/custom-hooks.ts';
      const [directory, ...paths] = process.argv.slice(2);
      loadCustomHooks(paths, directory).then((loaded) => console.log(JSON.stringify(loaded)));
    `;
    const stdin = { contents, resolveDir: join(import.meta.dirname, '../..'), loader: 'ts' as const };
    await build({
      stdin,
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile: join(directory, 'load.js'),
      packages: 'bundle',
    });
    writeFileSync(join(directory, 'package.json'), '{"type":"module"}');
  });

  afterAll(() => rmSync(directory, { recursive: true }));

  const run = (...paths: string[]): unknown =>
    JSON.parse(
      execFileSync(process.execPath, [join(directory, 'load.js'), directory, ...paths], { encoding: 'utf8' }),
    );

  it('are imported from the directory of the configuration', () => {
    expect(run('./good.mjs')).toEqual({ hooks: [{ name: 'client.connected' }], lookups: {} });
  });

  it('are each reported by name when they are bad', () => {
    const names = [
      'none.mjs',
      'throws.mjs',
      'throws-nothing.mjs',
      'syntax.mjs',
      'needs.mjs',
      'typed.ts',
      'folder',
    ];
    const { problems } = run(...names) as { problems: { where: string; message: string }[] };
    expect(problems.map(formatProblem).map((text) => text.replaceAll(directory, '.'))).toEqual([
      'none.mjs: does not exist; paths are relative to the configuration file',
      'throws.mjs: failed to import: TypeError: no database',
      'throws-nothing.mjs: failed to import',
      'syntax.mjs: failed to import: SyntaxError: Unexpected end of input; node --check shows the line',
      expect.stringMatching(/^needs.mjs: failed to import: Error: Cannot find module '.\/missing.mjs'/),
      'typed.ts: is not JavaScript; compile it, and name the .mjs or .js file',
      'folder: is a directory; name the file in it',
    ]);
  });
});

describe('replaceHooks', () => {
  it('replaces hooks of the same name, and does not change the original table', () => {
    const table = replaceHooks(builtIn, [connected]);
    expect(table['client.connected']).toMatchObject({ name: 'client.connected' });
    expect(table['client.connected']).not.toBe(builtIn['client.connected']);
    expect(table['client.connect']).toBe(builtIn['client.connect']);
    expect(builtIn['client.connected']).not.toBe(connected);
  });
});
