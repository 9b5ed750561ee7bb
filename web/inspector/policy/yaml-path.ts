/**
 * Which key of the configuration each line of a YAML text is about. It reads indents, because a text that somebody is
 * still typing has paths as well; keys within braces have none.
 */

export type Segment = string | number;

export interface YamlLine {
  /** From 0. */
  readonly line: number;
  readonly path: readonly Segment[];
}

interface Level {
  readonly indent: number;
  readonly segment: Segment;
  /** Items below it so far. */
  items: number;
}

/** The lines that begin a key or an item. */
export function readPaths(text: string): readonly YamlLine[] {
  const reader = new PathReader();
  return text.split('\n').flatMap((content, line) => {
    const path = reader.read(content);
    return path === undefined ? [] : [{ line, path }];
  });
}

/** @param path as in a problem: `authorize.rules[2]`. @returns the first line about it, from 0, or nothing */
export function findLine(text: string, path: string): number | undefined {
  const wanted = parsePath(path);
  const isAbout = (found: readonly Segment[]) => wanted.every((segment, i) => segment === found[i]);
  return readPaths(text).find((one) => isAbout(one.path))?.line;
}

export function parsePath(path: string): Segment[] {
  return [...path.matchAll(/\[(\d+)\]|[^.[\]]+/g)].map(([name, index]) =>
    index === undefined ? name : Number(index),
  );
}

const key = /^("(?:[^"\\]|\\.)*"|'[^']*'|[^\s#'"[\]{},][^#]*?)\s*:(?:\s|$)(.*)$/;

class PathReader {
  #levels: Level[] = [];
  #rootItems = 0;
  /** Lines with more indent belong to a text in several lines. */
  #textIndent: number | undefined;

  read(line: string): readonly Segment[] | undefined {
    let indent = line.length - line.trimStart().length;
    let content = line.slice(indent);
    if (content === '' || content.startsWith('#')) return undefined;
    if (this.#textIndent !== undefined && indent > this.#textIndent) return undefined;
    this.#textIndent = undefined;
    let isAnything = false;
    while (/^-(\s|$)/.test(content)) {
      this.#pushItem(indent);
      isAnything = true;
      const rest = content.slice(1).trimStart();
      indent += content.length - rest.length;
      content = rest;
    }
    const [, name, value = ''] = key.exec(content) ?? [];
    if (name !== undefined) this.#pushKey(indent, unquote(name), value);
    return isAnything || name !== undefined ? this.#levels.map(({ segment }) => segment) : undefined;
  }

  #pushItem(indent: number): void {
    // A list may stand right below its key, with the same indent.
    this.#popWhile(
      (level) => level.indent > indent || (level.indent === indent && typeof level.segment === 'number'),
    );
    const parent = this.#levels.at(-1);
    const index = parent === undefined ? this.#rootItems++ : parent.items++;
    this.#levels.push({ indent, segment: index, items: 0 });
  }

  #pushKey(indent: number, name: string, value: string): void {
    this.#popWhile((level) => level.indent >= indent);
    this.#levels.push({ indent, segment: name, items: 0 });
    if (/^[|>][-+\d]*\s*(#.*)?$/.test(value)) this.#textIndent = indent;
  }

  #popWhile(isOver: (level: Level) => boolean): void {
    for (let top = this.#levels.at(-1); top !== undefined && isOver(top); top = this.#levels.at(-1))
      this.#levels.pop();
  }
}

function unquote(name: string): string {
  return /^(["']).*\1$/.test(name) ? name.slice(1, -1) : name;
}
