/**
 * The program `dist/chunks/parts.cjs`: runs the parts that `npm run build` puts code into that a start needs.
 *
 * A part is one file of code beside the code that V8 has compiled of it: `start.cjs` and
 * `start-11.3.244.8-linux-x64.v8`. Compiling was the larger half of a start. Compiled code is for one version of V8 on
 * one kind of machine; where it is missing or does not fit, V8 compiles the source as ever. Nothing is written here.
 *
 * CommonJS, as the parts are: only scripts may have compiled code, and modules only behind a flag.
 */
import { readFileSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { join } from 'node:path';
import { Script } from 'node:vm';

/** What a part exports: the exports of each of its chunks, by the name of the chunk. */
interface Part {
  /** The parts that it may run later. */
  readonly needs: readonly string[];
  readonly [chunk: `c_${string}`]: Readonly<Record<string, unknown>>;
}

interface Code {
  readonly source: string;
  readonly compiled: Buffer | undefined;
}

/** What runs, by name: each part runs once. */
const parts = new Map<string, Part>();
/** What was read and has not run yet. */
const read = new Map<string, Code>();
/** For the build, which keeps what V8 has compiled. */
export const scripts = new Map<string, Script>();

/**
 * Reads a part without running it, so that no file need be opened when it runs: there may be no file descriptor left.
 *
 * @param name without its ending: `connect`
 */
export function prepare(name: string): void {
  if (parts.has(name) || read.has(name)) return;
  const compiled = readOptional(compiledFileOf(name));
  if (mustBeNodes(compiled)) runByNode(name);
  else read.set(name, { source: readFileSync(fileOf(`${name}.cjs`), 'latin1'), compiled });
}

/** Runs a part, unless it has run. */
export function part(name: string): Part {
  prepare(name);
  const code = read.get(name);
  if (code !== undefined) {
    read.delete(name);
    run(name, code);
  }
  return parts.get(name) as Part;
}

/** `import()` for the parts, which are in the folder of this file. */
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
 * Whether Node shall load a part as it loads any file: only then it reads source maps; and from 22.8 on it keeps compiled
 * code itself, which is the next best where the build has none for it.
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

/** For the build, too, which writes it. */
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
