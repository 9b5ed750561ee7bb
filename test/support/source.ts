/** Reads source files as a compiler's first step would: which imports they have, which names they use. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** All TypeScript files under a folder of the repository, as paths from its root. */
export function filesUnder(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}

export const readSource = (file: string): string => readFileSync(join(root, file), 'utf8');

export interface Import {
  /** A path from the root of the repository, or the name of a package. */
  readonly from: string;
  readonly isType: boolean;
  readonly isDynamic: boolean;
}

/** In this order: comments, strings, templates without nesting, regular expressions after an operator. */
const token =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\[\s\S])*`|(?<=[(,=:[!&|?;{}]\s*|return\s*)\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/g;

/** The code without its comments. */
export function withoutComments(source: string): string {
  return source.replace(token, (found) => (/^\/[/*]/.test(found) ? ' ' : found));
}

/** The code without comments, text and regular expressions: names, keywords and signs, and what templates hold. */
export function codeOf(source: string): string {
  return source.replace(token, (found) =>
    found.startsWith('`') ? [...found.matchAll(/\$\{([^}]*)\}/g)].map((hole) => hole[1]).join(';') : ' ',
  );
}

const statement = /(?:^|\n)\s*(?:import|export)\s+(type\s+)?(?:[^'";()=]*?\bfrom\s+)?'([^']+)'/g;
const dynamic = /(typeof\s+)?\bimport\(\s*'([^']+)'\s*\)/g;

export function importsOf(file: string, source: string = readSource(file)): Import[] {
  const code = withoutComments(source);
  const locate = (from: string) => (from.startsWith('.') ? posix.join(dirname(file), from) : from);
  return [
    ...Array.from(code.matchAll(statement), ([, type, from = '']) => ({
      from: locate(from),
      isType: type !== undefined,
      isDynamic: false,
    })),
    ...Array.from(code.matchAll(dynamic), ([, type, from = '']) => ({
      from: locate(from),
      isType: type !== undefined,
      isDynamic: true,
    })),
  ];
}
