// Checks whether dist/ was built from the present files. It compares contents, because git sets new times at every
// checkout.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Beside the output, in no package: which files it was built from, and which it consists of. */
const RECORD = 'dist/.built.json';

/** Files and folders that determine the output. npm changes the last one whenever it installs something. */
const INPUTS = [
  'gen',
  'package-lock.json',
  'package.json',
  'scripts/build.mjs',
  'scripts/built.mjs',
  'scripts/declarations.mjs',
  'scripts/inspector',
  'scripts/parts',
  'scripts/supply-chain',
  'src',
  'test/fixtures/recordings',
  'tsconfig.json',
  'tsconfig.types.json',
  'web',
  'node_modules/.package-lock.json',
];

/**
 * Returns a digest of everything that the build reads, and of the V8 that compiles for it. Take it before the build: an
 * edit during the build then makes the result stale.
 */
export function hashInputs(root) {
  const digest = hashFiles(
    root,
    INPUTS.flatMap((path) => filesOf(root, path)),
  );
  return `${digest} ${process.versions.v8}`;
}

/** Records that dist/ is complete, and what it was built from. */
export function recordBuild(root, inputs) {
  const outputs = filesOf(root, 'dist');
  const record = { inputs, outputs, digest: hashFiles(root, outputs) };
  writeFileSync(join(root, RECORD), JSON.stringify(record));
}

/** @returns why dist/ must be built; undefined if it is up to date. */
export function whyStale(root) {
  const record = readRecord(root);
  if (record === undefined) return 'dist/ is missing or incomplete';
  if (record.inputs !== hashInputs(root))
    return 'sources, dependencies or the build changed since dist/ was built';
  const isWhole = record.outputs.every((path) => existsSync(join(root, path)));
  return isWhole && record.digest === hashFiles(root, record.outputs)
    ? undefined
    : 'files of dist/ were changed or removed';
}

function readRecord(root) {
  try {
    return JSON.parse(readFileSync(join(root, RECORD), 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * Returns the files of a folder, or the file itself; empty if there is none. Sorted, because the order on disk varies.
 */
function filesOf(root, path) {
  try {
    return readdirSync(join(root, path), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(path, entry.parentPath.slice(join(root, path).length), entry.name))
      .sort();
  } catch (error) {
    return error.code === 'ENOTDIR' ? [path] : [];
  }
}

function hashFiles(root, paths) {
  const hash = createHash('sha256');
  for (const path of paths) {
    const bytes = readFileSync(join(root, path));
    hash.update(`${path} ${bytes.length}\n`).update(bytes);
  }
  return hash.digest('hex');
}
