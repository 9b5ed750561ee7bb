/** When tests of the program build dist/ again. */
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
// @ts-expect-error A plain script.
import { hashInputs, recordBuild, whyStale } from '../../scripts/built.mjs';

/** A project that was just built. */
function aBuiltProject(): string {
  const project = mkdtempSync(join(tmpdir(), 'exhook-built-'));
  onTestFinished(() => rmSync(project, { recursive: true }));
  for (const folder of ['src/app', 'dist/types', 'scripts', 'node_modules', 'test'])
    mkdirSync(join(project, folder), { recursive: true });
  for (const file of ['src/app/a.ts', 'dist/server.js', 'dist/types/a.d.ts', 'scripts/build.mjs'])
    writeFileSync(join(project, file), file);
  recordBuild(project, hashInputs(project));
  return project;
}

it('a build of the files that are here is not built again, whatever their times are', () => {
  const project = aBuiltProject();
  utimesSync(join(project, 'src/app/a.ts'), new Date(), new Date(Date.now() + 3_600_000));
  writeFileSync(join(project, 'test/a.test.ts'), 'changed');
  writeFileSync(join(project, 'dist/sbom.cdx.json'), 'added later');
  expect(whyStale(project)).toBeUndefined();
});

it.each([
  ['a source that changed', 'src/app/a.ts'],
  ['a source that was added', 'src/b.ts'],
  ['a build that changed', 'scripts/build.mjs'],
  ['other dependencies', 'package-lock.json'],
  ['a package that was installed', 'node_modules/.package-lock.json'],
])('%s makes dist/ stale', (_what, file) => {
  const project = aBuiltProject();
  appendFileSync(join(project, file), 'x');
  expect(whyStale(project)).toMatch(/changed since dist\/ was built/);
});

it('a source that was removed, or has another name, makes dist/ stale', () => {
  const project = aBuiltProject();
  rmSync(join(project, 'src/app/a.ts'));
  expect(whyStale(project)).toMatch(/changed/);
  writeFileSync(join(project, 'src/app/b.ts'), 'src/app/a.ts');
  expect(whyStale(project)).toMatch(/changed/);
});

it('a deleted declaration or an edited program makes dist/ stale', () => {
  const [removed, edited] = [aBuiltProject(), aBuiltProject()];
  rmSync(join(removed, 'dist/types/a.d.ts'));
  appendFileSync(join(edited, 'dist/server.js'), '//');
  expect([whyStale(removed), whyStale(edited)]).toStrictEqual([
    'files of dist/ were changed or removed',
    'files of dist/ were changed or removed',
  ]);
});

it('an unfinished or missing build is distinguished from a complete one', () => {
  const project = aBuiltProject();
  rmSync(join(project, 'dist/.built.json'));
  expect(whyStale(project)).toBe('dist/ is missing or incomplete');
});
