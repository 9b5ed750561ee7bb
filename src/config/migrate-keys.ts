/** Moves the values of old keys to the new ones; see deprecations.ts. Pure. */

import { formatPath } from '../lib/format-path.ts';
import { keysAt } from '../lib/schema/walk.ts';
import type { Deprecation } from './deprecations.ts';
import type { Finding } from './explain.ts';
import { Config } from './schema.ts';

type Path = readonly PropertyKey[];

export interface MigratedDocument {
  /** Contains only new keys. */
  readonly content: unknown;
  /** One for each old key that was found, at its old path. */
  readonly warnings: readonly Finding[];
  /** An old key beside the new one: ambiguous. */
  readonly problems: readonly Finding[];
  /** Returns where a value of the new content was written: errors must name a place that exists. */
  readonly pathBefore: (path: Path) => Path;
}

interface Move {
  readonly from: Path;
  readonly to: Path;
}

/** Migrates a configuration. @param content of a configuration file; not changed. */
export function migrateKeys(content: unknown, table: readonly Deprecation[]): MigratedDocument {
  const warnings: Finding[] = [];
  const problems: Finding[] = [];
  const moves: Move[] = [];
  let modern = content;
  const pathBefore = (path: Path) => moves.reduceRight(moveBack, path);
  for (const deprecation of table) {
    for (const { path, stars } of findPaths(modern, deprecation.key.split('.'))) {
      const to = deprecation.instead && fillIn(deprecation.instead, stars);
      const written = pathBefore(path);
      const value = valueAt(modern, path);
      modern = withoutStrangers(removeAt(modern, path), path.slice(0, -1));
      if (to && valueAt(modern, to) !== undefined) {
        const message = `is an old name of ${formatPath(to)}, which is also set; remove this one`;
        problems.push({ path: written, part: 'key', message });
        continue;
      }
      warnings.push({ path: written, part: 'key', message: warningOf(deprecation, to && formatPath(to)) });
      if (!to) continue;
      modern = setAt(modern, to, deprecation.convert === undefined ? value : deprecation.convert(value));
      moves.push({ from: path, to });
    }
  }
  return { content: modern, warnings, problems, pathBefore };
}

/** Builds the text of a warning. @param instead the new name, with `*` replaced. */
export function warningOf({ since, message }: Deprecation, instead: string | undefined): string {
  const what = instead === undefined ? 'has no effect' : 'is deprecated';
  const advice = instead === undefined ? 'remove it' : `write ${instead} instead`;
  return `${what} since ${since}; ${advice}${message === undefined ? '' : ` (${message})`}`;
}

interface Match {
  readonly path: Path;
  /** The values of each `*`. */
  readonly stars: Path;
}

function findPaths(content: unknown, [name, ...rest]: readonly string[]): Match[] {
  if (name === undefined) return content === undefined ? [] : [{ path: [], stars: [] }];
  if (typeof content !== 'object' || content === null) return [];
  const steps: Path =
    name !== '*' ? [name] : Array.isArray(content) ? [...content.keys()] : Object.keys(content);
  return steps.flatMap((step) =>
    findPaths(childOf(content, step), rest).map(({ path, stars }) => ({
      path: [step, ...path],
      stars: name === '*' ? [step, ...stars] : stars,
    })),
  );
}

function fillIn(key: string, stars: Path): Path {
  const left = [...stars];
  return key.split('.').map((name) => (name === '*' ? (left.shift() ?? name) : name));
}

/** Returns the old path of a value at or below the new one. */
function moveBack(path: Path, { from, to }: Move): Path {
  return to.every((step, depth) => step === path[depth]) ? [...from, ...path.slice(to.length)] : path;
}

const valueAt = (content: unknown, path: Path): unknown => path.reduce(childOf, content);

function childOf(content: unknown, step: PropertyKey): unknown {
  if (typeof content !== 'object' || content === null || !Object.hasOwn(content, step)) return undefined;
  return (content as Record<PropertyKey, unknown>)[step];
}

function setAt(content: unknown, [step, ...rest]: Path, value: unknown): unknown {
  if (step === undefined) return value;
  return replace(content, step, setAt(childOf(content, step), rest, value));
}

/** Removes the key at the path. Keeps a section that becomes empty: its presence may have a meaning. */
function removeAt(content: unknown, [step, ...rest]: Path): unknown {
  if (step === undefined) return content;
  if (rest.length > 0) return replace(content, step, removeAt(childOf(content, step), rest));
  const { [step]: _, ...others } = content as Record<PropertyKey, unknown>;
  return others;
}

/** Removes an empty section with an unknown name: it would be reported as another unknown key. */
function withoutStrangers(content: unknown, path: Path): unknown {
  const value = valueAt(content, path);
  if (path.length === 0 || typeof value !== 'object' || value === null || Object.keys(value).length > 0)
    return content;
  const siblings = keysAt(Config, path.slice(0, -1));
  const isKnown = siblings.length === 0 || siblings.some((name) => name === path.at(-1));
  return isKnown ? content : withoutStrangers(removeAt(content, path), path.slice(0, -1));
}

/** Returns a copy with another child. Anything but a mapping or list is kept, to be reported later. */
function replace(content: unknown, step: PropertyKey, child: unknown): unknown {
  if (Array.isArray(content)) return content.map((item, i) => (i === step ? child : item));
  if (content === undefined) return { [step]: child };
  if (typeof content !== 'object' || content === null) return content;
  return { ...content, [step]: child };
}
