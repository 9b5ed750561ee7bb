/**
 * The program `dist/chunks/parts.cjs`: runs the parts, which hold the code that a start needs. `npm run build` creates
 * them.
 *
 * A part is a code file and, beside it, the code that V8 compiled from it: `start.cjs` and
 * `start-11.3.244.8-linux-x64.v8`. Compiling used to be the larger half of a start. Compiled code fits one version of
 * V8 on one kind of machine; if it is missing or does not fit, V8 compiles the source as usual. Nothing is written
 * here.
 *
 * CommonJS, like the parts: only scripts may have compiled code, and modules only behind a flag.
 */
import { readFileSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { join } from 'node:path';
import { Script } from 'node:vm';

/** The exports of a part: those of each of its chunks, by chunk name. */
interface Part {
  /** The parts that may be run later. */
  readonly needs: readonly string[];
  readonly [chunk: `c_${string}`]: Readonly<Record<string, unknown>>;
}

interface Code {
  readonly source: string;
  readonly compiled: Buffer | undefined;
}

/** Running parts by name: each runs once. */
const parts = new Map<string, Part>();
/** Parts that were read but not run yet. */
const read = new Map<string, Code>();
/** Used by the build, which saves V8's compiled code. */
export const scripts = new Map<string, Script>();

/**
 * Reads a part without running it: running it later then opens no file, when there may be no file descriptor left.
 *
 * @param name without its extension: `connect`
 */
export function prepare(name: string): void {
  if (parts.has(name) || read.has(name)) return;
  const compiled = readOptional(compiledFileOf(name));
  if (mustBeNodes(compiled)) runByNode(name);
  else read.set(name, { source: readFileSync(fileOf(`${name}.cjs`), 'latin1'), compiled });
}

/** Runs a part once. */
export function part(name: string): Part {
  prepare(name);
  const code = read.get(name);
  if (code !== undefined) {
    read.delete(name);
    run(name, code);
  }
  return parts.get(name) as Part;
}

/** `import()` for the parts, relative to the folder of this file. */
export function load(specifier: string): Promise<unknown> {
  return import(specifier);
}

function run(name: string, { source, compiled }: Code): void {
  const filename = fileOf(`${name}.cjs`);
  const script = new Script(nodeModule.wrap(source), {
    filename,
    ...(compiled && { cachedData: compiled }),
  });
  scripts.set(name, script);
  const module = { exports: {} as Part };
  script.runInThisContext()(module.exports, require, module, filename, __dirname);
  keep(name, module.exports);
}

/**
 * Whether Node should load a part like any other file: only then does it read source maps. From 22.8 on Node caches
 * compiled code itself, the fallback if the build has none.
 */
function mustBeNodes(compiled: Buffer | undefined): boolean {
  const { enableCompileCache } = nodeModule as { enableCompileCache?: () => unknown };
  if ((process as { sourceMapsEnabled?: boolean }).sourceMapsEnabled) return true;
  if (compiled !== undefined || enableCompileCache === undefined) return false;
  enableCompileCache();
  return true;
}

function runByNode(name: string): void {
  keep(name, require(fileOf(`${name}.cjs`)));
}

function keep(name: string, exported: Part): void {
  parts.set(name, exported);
  exported.needs.forEach(prepare);
}

/** Also used by the build, which writes it. */
export function compiledFileOf(name: string): string {
  return fileOf(`${name}-${process.versions.v8}-${process.platform}-${process.arch}.v8`);
}

function fileOf(name: string): string {
  return join(__dirname, name);
}

function readOptional(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}
