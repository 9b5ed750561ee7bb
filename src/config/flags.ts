/** Reads the command line: `--limits-message-bytes 1MiB`, `--listen-connect`, `--no-listen-connect`. */
import { parseArgs } from 'node:util';
import { formatName } from '../lib/format-path.ts';
import { findKeyByFlag } from './find-key.ts';
import { allKeys, type Key } from './key.ts';
import { findNearest } from './nearest.ts';
import type { Problem } from './problem.ts';

/** A key's value as text, from a variable or a flag. */
export interface Given {
  readonly key: Key;
  readonly text: string;
  /** Its origin: `flag --port`. */
  readonly where: string;
}

export interface Flags {
  /** The configuration file to read. */
  readonly config?: string;
  /** The file that received calls are written to. */
  readonly record?: string;
  readonly given: readonly Given[];
  readonly problems: readonly Problem[];
}

interface Found {
  config?: string;
  record?: string;
  readonly given: Given[];
  readonly problems: Problem[];
}

type ByFlag = ReadonlyMap<string, Key>;

/** Flags that are not keys. */
const files: readonly string[] = ['config', 'record'];

/** Returns the keys of the given flags, old keys included. */
function byFlagOf(argv: readonly string[], old: readonly Key[]): ByFlag {
  const byFlag = new Map<string, Key>();
  for (const arg of argv) {
    if (!arg.startsWith('--')) continue;
    const [name = ''] = arg.slice(2).split('=', 1);
    for (const flag of [name, name.replace(/^no-/, '')]) {
      const key = findKeyByFlag(flag);
      if (key !== undefined) byFlag.set(flag, key);
    }
  }
  for (const key of old) for (const flag of key.flags) byFlag.set(flag, key);
  return byFlag;
}

/** Only switches take no value: Node needs them to separate values from arguments. */
function optionsOf(byFlag: ByFlag) {
  return Object.fromEntries(
    [...files, ...byFlag.keys()].map((name) => {
      const type = byFlag.get(name)?.takes === 'switch' ? ('boolean' as const) : ('string' as const);
      return [name, { type, multiple: true }];
    }),
  );
}

/**
 * Reads every flag, and reports every problem. Never throws.
 *
 * @param old keys whose flags are accepted besides those of the schema. Default: none.
 */
export function readFlags(argv: readonly string[], old: readonly Key[] = []): Flags {
  const byFlag = byFlagOf(argv, old);
  const options = optionsOf(byFlag);
  const { tokens } = parseArgs({ args: [...argv], options, strict: false, tokens: true });
  const found: Found = { given: [], problems: [] };
  const strange = new Map<number, string>();
  for (const token of tokens) {
    if (token.kind === 'positional') strange.set(token.index, UNEXPECTED);
    else if (token.kind === 'option' && token.rawName === `--${token.name}`) readFlag(found, token, byFlag);
    else if (token.kind === 'option') strange.set(token.index, ONE_DASH);
  }
  for (const [index, message] of strange) found.problems.push({ where: `argument ${index + 1}`, message });
  return found;
}

// Names arguments by their position: an argument may be a misplaced value, and a secret.
const UNEXPECTED = 'is unexpected; write it after its flag';
const ONE_DASH = 'begins with one "-"; flags begin with two, see --help';

interface Token {
  readonly name: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
}

function readFlag(found: Found, { name, value, inlineValue }: Token, byFlag: ByFlag): void {
  const where = `flag --${formatName(name)}`;
  const report = (message: string): unknown => found.problems.push({ where, message });
  const key = byFlag.get(name.replace(/^no-/, ''));
  if (key?.takes === 'switch') {
    const isNegated = !byFlag.has(name);
    if (isNegated && value !== undefined) report('takes no value; remove it');
    else found.given.push({ key, text: isNegated ? 'false' : (value ?? 'true'), where });
  } else if (!files.includes(name) && !byFlag.has(name)) report(`is not known; ${advise(name)}`);
  else if (value === undefined || value === '' || (!inlineValue && value.startsWith('-'))) {
    report('needs a value; write it after the flag');
  } else if (name === 'config' || name === 'record') found[name] = value;
  else if (key !== undefined) found.given.push({ key, text: value, where });
}

function advise(name: string): string {
  const nearest = findNearest(name, [...files, ...allKeys().flatMap(({ flags }) => flags)]);
  return nearest === undefined ? 'see --help for all flags' : `did you mean --${nearest}?`;
}
