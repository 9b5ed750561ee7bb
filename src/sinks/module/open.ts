/** Opens a custom sink, from a module that the configuration names. */
import { pathToFileURL } from 'node:url';
import { explainImport, type ImportModule, importFile } from '../../lib/import-file.ts';
import type { OpenSink, Sink } from '../sink.ts';
import type { ModuleOptions } from './declaration.ts';

/** @throws TypeError if the module cannot be imported, exports no sink, or cannot open it. */
export async function openModule(
  { path, options }: ModuleOptions,
  world: Parameters<OpenSink<unknown>>[1],
  importModule: ImportModule = importFile,
): Promise<Sink> {
  const open = await importOpener(path, importModule);
  let sink: unknown;
  try {
    sink = await open(options, world);
  } catch (error) {
    throw new TypeError(`${path}: could not open its sink: ${messageOf(error)}`, { cause: error });
  }
  const problem = findProblem(sink);
  if (problem !== undefined) throw new TypeError(`${path}: ${problem}`);
  return named(sink as Sink, world.name);
}

async function importOpener(path: string, importModule: ImportModule): Promise<OpenSink<unknown>> {
  let exported: Record<string, unknown>;
  try {
    exported = await importModule(pathToFileURL(path).href);
  } catch (error) {
    throw new TypeError(`${path}: ${explainImport(error, path)}`);
  }
  if (typeof exported.default === 'function') return exported.default as OpenSink<unknown>;
  throw new TypeError(
    `${path}: exports no sink; write export default defineSink(async (options, world) => ({ name, write, close }))`,
  );
}

function findProblem(sink: unknown): string | undefined {
  if (typeof sink !== 'object' || sink === null) return 'opened no sink: return { name, write, close }';
  const { write, close, check } = sink as Partial<Sink>;
  if (typeof write !== 'function') return 'its sink needs a function "write"';
  if (typeof close !== 'function') return 'its sink needs a function "close"';
  if (check !== undefined && typeof check !== 'function') return '"check" of its sink must be a function';
  return undefined;
}

/** Gives the sink its name in the configuration, for logs and metrics; its methods keep their `this`. */
function named(sink: Sink, name: string): Sink {
  return {
    name,
    write: (batch, signal, isWanted) => sink.write(batch, signal, isWanted),
    ...(sink.check && { check: async () => await sink.check?.() }),
    close: async () => await sink.close(),
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
