/** The part of JSON Patch (RFC 6902) that our overlays use: add, replace and remove. */
import { isRecord } from './manifest.ts';

export interface Operation {
  readonly op: 'add' | 'replace' | 'remove';
  /** A JSON pointer. */
  readonly path: string;
  readonly value?: unknown;
}

/**
 * Changes the target.
 *
 * @throws Error for an operation that is not one of these, or whose place is not there.
 */
export function applyPatch(target: unknown, operations: readonly unknown[]): void {
  for (const operation of operations) {
    if (!isOperation(operation)) throw new Error(`not an operation: ${JSON.stringify(operation)}`);
    apply(target, operation);
  }
}

function isOperation(value: unknown): value is Operation {
  if (!isRecord(value) || typeof value.path !== 'string') return false;
  const { op, path, value: content, ...others } = value;
  if (Object.keys(others).length > 0 || !path.startsWith('/')) return false;
  return op === 'remove'
    ? content === undefined
    : (op === 'add' || op === 'replace') && content !== undefined;
}

function apply(target: unknown, { op, path, value }: Operation): void {
  const names = path.split('/').slice(1).map(unescapePointer);
  const last = names.pop() ?? '';
  const parent = names.reduce((at, name) => child(at, name, path), target);
  const isAppended = op === 'add' && Array.isArray(parent) && last === '-';
  if (op !== 'add') child(parent, last, path);
  if (isAppended) (parent as unknown[]).push(structuredClone(value));
  else if (Array.isArray(parent)) {
    parent.splice(Number(last), op === 'add' ? 0 : 1, ...(op === 'remove' ? [] : [structuredClone(value)]));
  } else if (!isRecord(parent)) throw new Error(`${path}: there is no such place`);
  else if (op === 'remove') delete parent[last];
  else parent[last] = structuredClone(value);
}

function child(parent: unknown, name: string, path: string): unknown {
  const isThere = typeof parent === 'object' && parent !== null && Object.hasOwn(parent, name);
  if (!isThere) throw new Error(`${path}: there is no ${name}`);
  return (parent as Record<string, unknown>)[name];
}

function unescapePointer(name: string): string {
  return name.replaceAll('~1', '/').replaceAll('~0', '~');
}
