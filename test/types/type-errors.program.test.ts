/**
 * Proves that every `@ts-expect-error` of the type tests can fail, and fails for its reason: the compiler reads
 * copies without the directives, and each must give an error on the next line, in the words of the directive.
 * That there is an error at all, `tsc --noEmit` checks on the files themselves.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const here = join(root, 'test/types');
const files = readdirSync(here).filter((name) => name.endsWith('.test-d.ts'));
const directive = /^\s*\/\/ @ts-expect-error (.+)$/;

/** The compiler's errors in the copies, by `file:line`. */
function compileCopies(folder: string): Map<string, string> {
  for (const name of files) {
    const text = readFileSync(join(here, name), 'utf8');
    const lines = text.replaceAll("'../../src/", `'${root}src/`).split('\n');
    const bare = lines.map((line) => (directive.test(line) ? '//' : line));
    writeFileSync(join(folder, name), bare.join('\n'));
  }
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      extends: join(root, 'tsconfig.json'),
      compilerOptions: { types: [] },
      include: ['*.ts'],
    }),
  );
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const { stdout } = spawnSync(process.execPath, [tsc, '-p', folder, '--pretty', 'false'], {
    encoding: 'utf8',
    cwd: folder,
  });
  const errors = new Map<string, string>();
  let at = '';
  for (const line of stdout.split('\n')) {
    const [, name, number] = /^([\w-]+\.test-d\.ts)\((\d+),\d+\): error/.exec(line) ?? [];
    // Lines that follow an error explain it.
    if (name !== undefined) at = `${name}:${number}`;
    else if (!line.startsWith(' ')) continue;
    errors.set(at, `${errors.get(at) ?? ''}${line}\n`);
  }
  return errors;
}

const folder = mkdtempSync(join(tmpdir(), 'type-errors-'));
const errors = compileCopies(folder);
afterAll(() => rmSync(folder, { recursive: true }));

const expectations = files.flatMap((name) =>
  readFileSync(join(here, name), 'utf8')
    .split('\n')
    .flatMap((line, index, lines) => {
      const words = directive.exec(line)?.[1];
      // The error stands one line below its directive, and lines count from 1.
      return words === undefined
        ? []
        : [{ at: `${name}:${index + 2}`, words, code: lines[index + 1]?.trim() ?? '' }];
    }),
);

describe('what must not compile', () => {
  it.each(expectations)('$code: $words', ({ at, words }) => {
    expect(errors.get(at)).toContain(words);
  });

  it('is all that does not compile', () => {
    expect([...errors.keys()].sort()).toStrictEqual(expectations.map(({ at }) => at).sort());
  });

  it('is every directive: none goes without a reason', () => {
    const directives = files.map((name) => readFileSync(join(here, name), 'utf8').match(/@ts-expect-error/g));
    // One mention is in prose.
    expect(directives.flat().length - 1).toBe(expectations.length);
  });
});
