// npm run test:mutation [-- FILE...]: breaks the guarding sources in many small ways, and reports which breaks no test
// notices. Ends within an hour. Results are kept in .mutation/: a file is tried again only after it or a test has
// changed, and the next run continues where this one ended.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { guardedFiles } from './files.mjs';

const FOLDER = '.mutation';
const LIMIT = 60 * 60_000;
/** Everything that affects how a file is tried. */
const own = ['mutate-file.mjs', 'vitest.config.ts'].map((name) => join('scripts/mutation', name));

const given = process.argv.slice(2);
const files = given.length > 0 ? given : guardedFiles;
const missing = files.filter((file) => !existsSync(file));
if (missing.length > 0) {
  process.stderr.write(`no such file: ${missing.join(', ')}\n`);
  process.exit(2);
}
mkdirSync(FOLDER, { recursive: true });
const end = performance.now() + LIMIT;
/** Mutants by file: known ones, and those of this run. */
const tried = new Map();
for (const file of files) {
  const known = readKnown(file);
  const rest = end - performance.now();
  if (known === undefined && rest > 0) process.stdout.write(`\n${file}\n`);
  const mutants = known ?? (rest > 0 ? await mutate(file, rest) : undefined);
  if (mutants !== undefined) tried.set(file, mutants);
}
report();

/** Stores a complete result under the key of its inputs. @returns the mutants. */
async function mutate(file, time) {
  const result = join(FOLDER, `${nameOf(file)}.json`);
  const key = keyOf(file);
  const script = join('scripts/mutation', 'mutate-file.mjs');
  const env = { ...process.env, EXHOOK_MUTATION_ROOM: file.split('/')[1] };
  const child = spawn(process.execPath, [script, file, result], { stdio: 'inherit', detached: true, env });
  // Kill it with all processes that it started.
  const kill = () => process.kill(-child.pid, 'SIGKILL');
  const stop = () => {
    kill();
    process.exit(130);
  };
  const timer = setTimeout(kill, time);
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, stop);
  const code = await new Promise((resolve) => child.once('close', resolve));
  clearTimeout(timer);
  for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, stop);
  if (code !== 0) {
    process.stdout.write(`${file}: not tried to the end\n`);
    return undefined;
  }
  const mutants = JSON.parse(readFileSync(result, 'utf8'));
  writeFileSync(`${result}.new`, JSON.stringify({ key, mutants }));
  renameSync(`${result}.new`, result);
  return mutants;
}

/** @returns the mutants of a file, if neither it nor a test changed since they were tried. */
function readKnown(file) {
  try {
    const { key, mutants } = JSON.parse(readFileSync(join(FOLDER, `${nameOf(file)}.json`), 'utf8'));
    return key === keyOf(file) ? mutants : undefined;
  } catch {
    return undefined;
  }
}

function report() {
  for (const [file, mutants] of tried) {
    process.stdout.write(`\n${scoreOf(mutants)}  ${file}\n`);
    for (const { status, line, mutator, replacement } of mutants.filter(isUnnoticed))
      process.stdout.write(`        ${file}:${line} ${mutator} ${status}: ${replacement}\n`);
  }
  const all = [...tried.values()].flat();
  process.stdout.write(`\n${scoreOf(all)}  ${tried.size} of ${files.length} files\n`);
  rmSync(join(FOLDER, 'tmp'), { recursive: true, force: true });
}

function isUnnoticed({ status }) {
  return status === 'Survived' || status === 'NoCoverage';
}

/** Mutants that a test noticed, among all that could run. */
function scoreOf(mutants) {
  const noticed = mutants.filter(({ status }) => status === 'Killed' || status === 'Timeout').length;
  const all = noticed + mutants.filter(isUnnoticed).length;
  return `${all === 0 ? '  -' : ((100 * noticed) / all).toFixed(1)} % (${noticed} of ${all})`;
}

function keyOf(file) {
  return hashOf([file, ...own, ...testsOf(file)]);
}

/** The tests of its room, with the files they use and share. */
function testsOf(file) {
  const folders = [`test/${file.split('/')[1]}`, 'test/support'].filter((folder) => existsSync(folder));
  return folders
    .flatMap((folder) => readdirSync(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function hashOf(paths) {
  const hash = createHash('sha256');
  for (const path of paths) hash.update(`${path}\n`).update(readFileSync(path));
  return hash.digest('hex');
}

function nameOf(file) {
  return file.replace(/\.ts$/, '').replaceAll('/', '.');
}
