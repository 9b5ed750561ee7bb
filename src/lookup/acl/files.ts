/** Opens the ACL files of other brokers and reloads them when they change. */

import { latestOnly } from '../../lib/latest.ts';
import { type FileBytes, readBytes } from '../../lib/read-bytes.ts';
import type { FileWatch } from '../../lib/watch.ts';
import { watchBytes } from '../../lib/watch-bytes.ts';
import type { SourceSection } from '../sections/authorize.ts';
import { pathOf } from './job.ts';
import { AclFileError, type KnownAcls, type LoadedAcl, loadAcl } from './load.ts';

export interface AclFiles {
  /** In the order of the sources. */
  readonly files: readonly LoadedAcl[];
  /** Begins to watch the files. Call it once the rules are in force. */
  watch(): void;
  close(): void;
}

export interface AclFileOptions {
  /** Called with a valid new version of a file. @throws Error when the combined rules must not be used. */
  readonly onChange: (files: readonly LoadedAcl[], paths: readonly string[]) => Promise<void>;
  /** Called when a new version is rejected; the old one stays in effect. */
  readonly onProblem: (message: string) => void;
  /** What other policies have read from these files. Default: nothing. */
  readonly known?: KnownAcls | undefined;
}

/** @throws AclFileError */
export async function openAclFiles(
  sources: readonly SourceSection[],
  { onChange, onProblem, known: loaded = new Map() }: AclFileOptions,
): Promise<AclFiles> {
  let isClosed = false;
  let files: readonly LoadedAcl[] = await loadAll(sources, loaded);
  /** Files that were read and are not yet in force, by their index among the sources. */
  const changed = new Map<number, FileBytes>();
  const changes = latestOnly<void>(async () => {
    const next = [...files];
    const paths: string[] = [];
    for (const [i, bytes] of changed) {
      changed.delete(i);
      const source = sources[i] as SourceSection;
      try {
        next[i] = await loadAcl(source, bytes, loaded);
        paths.push(pathOf(source));
      } catch (error) {
        onProblem(messageOf(error));
      }
    }
    if (paths.length === 0 || isClosed) return;
    try {
      await onChange(next, paths);
      files = next;
    } catch (error) {
      onProblem(messageOf(error));
    }
  });

  let watches: readonly FileWatch[] = [];
  function watch(source: SourceSection, i: number): FileWatch {
    const onBytes = (bytes: FileBytes): void => {
      changed.set(i, bytes);
      changes.offer();
    };
    const known = files[i]?.digest ?? '';
    return watchBytes(pathOf(source), { known, onBytes, onProblem, allowEmpty: source.allowEmpty });
  }

  return {
    files,
    watch() {
      watches = sources.map(watch);
    },
    close() {
      isClosed = true;
      for (const watch of watches) watch.close();
    },
  };
}

async function loadAll(sources: readonly SourceSection[], known: KnownAcls): Promise<LoadedAcl[]> {
  const files: LoadedAcl[] = [];
  const problems: string[] = [];
  for (const source of sources) {
    try {
      files.push(await loadAcl(source, await readAcl(pathOf(source)), known));
    } catch (error) {
      if (!(error instanceof AclFileError)) throw error;
      problems.push(...error.problems);
    }
  }
  if (problems.length > 0) throw new AclFileError(problems);
  return files;
}

async function readAcl(path: string): Promise<FileBytes> {
  try {
    return await readBytes(path);
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    throw new AclFileError([`${path}: cannot be read: ${code}`]);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'cannot be used';
}
