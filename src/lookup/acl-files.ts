/** The ACL files of other brokers, read again when they change. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { SourceSection } from '../config/sections/authorize.ts';
import { parseEmqxAcl } from '../policy/acl/emqx.ts';
import { parseMosquittoAcl } from '../policy/acl/mosquitto.ts';
import type { Rule } from '../policy/rule.ts';
import { watchFile } from './watch.ts';

export interface AclFiles {
  /** The rules of all files, in order. */
  readonly rules: readonly Rule[];
  close(): void;
}

export interface AclFileOptions {
  /** A valid new version of a file is read. @throws Error when the rules, all together, must not be used. */
  readonly onChange: (rules: readonly Rule[], path: string) => void;
  /** A new version is refused; the old one stays. */
  readonly onProblem: (message: string) => void;
  readonly isWatched: boolean;
}

/** An ACL file that cannot be used: every problem with its line. */
export class AclFileError extends Error {
  override readonly name = 'AclFileError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/** @throws AclFileError */
export async function openAclFiles(
  sources: readonly SourceSection[],
  options: AclFileOptions,
): Promise<AclFiles> {
  const files: { text: string; rules: readonly Rule[] }[] = [];
  const problems: string[] = [];
  for (const source of sources) {
    try {
      const text = await readAcl(pathOf(source));
      files.push({ text, rules: parseAcl(source, text) });
    } catch (error) {
      if (!(error instanceof AclFileError)) throw error;
      problems.push(...error.problems);
    }
  }
  if (problems.length > 0) throw new AclFileError(problems);
  const all = (): readonly Rule[] => files.flatMap(({ rules }) => rules);
  const watches = options.isWatched ? sources.map(watch) : [];

  function watch(source: SourceSection, i: number) {
    const path = pathOf(source);
    const onText = (text: string): void => {
      const before = files[i];
      try {
        files[i] = { text, rules: parseAcl(source, text) };
        options.onChange(all(), path);
      } catch (error) {
        if (before !== undefined) files[i] = before;
        options.onProblem(error instanceof Error ? error.message : 'cannot be used');
      }
    };
    return watchFile(path, { known: files[i]?.text ?? '', onText, onProblem: options.onProblem });
  }

  return {
    rules: all(),
    close() {
      for (const watch of watches) watch.close();
    },
  };
}

function pathOf({ mosquitto, emqx }: SourceSection): string {
  return mosquitto ?? emqx ?? '';
}

async function readAcl(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new AclFileError([
      `${path}: cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown error'}`,
    ]);
  }
}

function parseAcl(source: SourceSection, text: string): readonly Rule[] {
  const path = pathOf(source);
  const acl = (source.mosquitto === undefined ? parseEmqxAcl : parseMosquittoAcl)(text, basename(path));
  if ('problems' in acl)
    throw new AclFileError(acl.problems.map(({ line, message }) => `${path}:${line}: ${message}`));
  return acl.rules;
}
