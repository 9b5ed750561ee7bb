// Tells whether dist/ was built from the files that are here now. Times lie: git sets them anew at every checkout.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Beside what was built, and in no package: which files it was built from, and which it consists of. */
const RECORD = 'dist/.built.json';

/** Files and folders that decide what the build writes. npm changes the last one whenever it installs something. */
const INPUTS = [
  'gen',
  'package-lock.json',
  'package.json',
  'scripts/build.mjs',
  'scripts/built.mjs',
  'scripts/parts',
  'scripts/supply-chain',
  'src',
  'tsconfig.json',
  'tsconfig.types.json',
  'node_modules/.package-lock.json',
];

/**
 * A digest of all that the build reads, and of the V8 that compiles for it. Take it before the build, so that an edit
 * meanwhile makes the result stale.
 */
export function hashInputs(root) {
  const digest = hashFiles(
    root,
    INPUTS.flatMap((path) => filesOf(root, path)),
  );
  return `${digest} ${process.versions.v8}`;
}

/** Notes that dist/ is complete, and what it was built from. */
export function recordBuild(root, inputs) {
  const outputs = filesOf(root, 'dist');
  const record = { inputs, outputs, digest: hashFiles(root, outputs) };
  writeFileSync(join(root, RECORD), JSON.stringify(record));
}

/** @returns why dist/ must be built, or nothing when it is as a build of the files here would leave it. */
export function whyStale(root) {
  const record = readRecord(root);
  if (record === undefined) return 'dist/ is missing or half built';
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

/** The files of a folder, or the file itself; nothing where there is none. Sorted: the order on disk is the file system's. */
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
