/** `JSON.stringify(value, null, 2)` in steps, for pages that may be long. */
import type { Steps } from './steps.ts';

/** Values nested deeper than this are written in one step: `authorize.rules[0]` is at the third level. */
const DEPTH = 3;

export function* prettyJson(value: unknown): Steps<string> {
  const parts: string[] = [];
  yield* write(value, '', DEPTH, parts);
  return parts.join('');
}

function* write(value: unknown, indent: string, depth: number, parts: string[]): Steps<void> {
  if (depth === 0 || typeof value !== 'object' || value === null) {
    const text = JSON.stringify(value, null, 2) ?? 'null';
    // Line breaks inside texts are escaped: these are between values.
    parts.push(text.replaceAll('\n', `\n${indent}`));
    yield;
    return;
  }
  const isList = Array.isArray(value);
  const entries = Object.entries(value).filter(([, inner]) => isList || inner !== undefined);
  if (entries.length === 0) {
    parts.push(isList ? '[]' : '{}');
    return;
  }
  const inner = `${indent}  `;
  let before = isList ? '[' : '{';
  for (const [name, content] of entries) {
    parts.push(`${before}\n${inner}`, isList ? '' : `${JSON.stringify(name)}: `);
    yield* write(content, inner, depth - 1, parts);
    before = ',';
  }
  parts.push(`\n${indent}${isList ? ']' : '}'}`);
}
