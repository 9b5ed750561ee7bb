/**
 * Secrets of a policy on their way to the page and back: shown as `***`, and put back where a candidate has it. A
 * draft needs no secret, and the page has none.
 */
import { withoutSecrets } from '../../config/redact.ts';
import { type Path, textsIn } from './sections.ts';

export const HIDDEN = '***';

interface Hidden {
  readonly path: Path;
  readonly shown: string;
  readonly real: string;
}

export interface Restored<Value> {
  readonly value: Value;
  /** Paths of what is hidden and is not known. */
  readonly unknown: readonly Path[];
}

/** The same with secrets hidden; users that are listed are left out. */
export function hideSecrets(value: unknown): unknown {
  return emptyLists(withoutSecrets(value));
}

/**
 * @param real what is in force.
 * @returns a copy in which `***` is the secret that stands at the same path, or the only one at such a path in another
 *   place of a list.
 */
export function restoreSecrets<Value>(value: Value, real: unknown): Restored<Value> {
  const hidden = findHidden(real);
  const unknown: Path[] = [];
  const restored = walk(value, [], (path, text) => {
    const found = findReal(hidden, path, text);
    if (found === undefined && text.includes(HIDDEN)) unknown.push(path);
    return found ?? text;
  });
  return { value: restoreLists(restored, real) as Value, unknown };
}

function findHidden(real: unknown): readonly Hidden[] {
  const shown = new Map(
    [...textsIn(withoutSecrets(real))].map(([path, text]) => [JSON.stringify(path), text]),
  );
  return [...textsIn(real)].flatMap(([path, text]) => {
    const masked = shown.get(JSON.stringify(path));
    return masked === undefined || masked === text ? [] : [{ path, shown: masked, real: text }];
  });
}

function findReal(hidden: readonly Hidden[], path: Path, text: string): string | undefined {
  const alike = hidden.filter((one) => one.shown === text && generalize(one.path) === generalize(path));
  const exact = alike.find((one) => JSON.stringify(one.path) === JSON.stringify(path));
  if (exact !== undefined) return exact.real;
  const reals = new Set(alike.map((one) => one.real));
  return reals.size === 1 ? alike[0]?.real : undefined;
}

/** Methods move within their list. */
function generalize(path: Path): string {
  return JSON.stringify(path.map((segment) => (typeof segment === 'number' ? '*' : segment)));
}

function walk(value: unknown, path: Path, replace: (path: Path, text: string) => string): unknown {
  if (typeof value === 'string') return replace(path, value);
  if (Array.isArray(value)) return value.map((item, i) => walk(item, [...path, i], replace));
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, walk(item, [...path, key], replace)]),
  );
}

interface Methods {
  readonly authenticate?: { readonly methods?: readonly { readonly users?: { readonly list?: unknown } }[] };
}

/** `(3 not shown)` is no list. */
function emptyLists(value: unknown): unknown {
  return mapLists(value, () => []);
}

/** An empty list of users stands for the one of the same method. */
function restoreLists(value: unknown, real: unknown): unknown {
  const methods = (real as Methods | undefined)?.authenticate?.methods ?? [];
  const lists = methods.flatMap(({ users }) => (users?.list === undefined ? [] : [users.list]));
  return mapLists(value, (list, i) => {
    if (!Array.isArray(list) || list.length > 0) return list;
    return methods[i]?.users?.list ?? (lists.length === 1 ? lists[0] : list);
  });
}

function mapLists(value: unknown, map: (list: unknown, index: number) => unknown): unknown {
  const { authenticate } = (value ?? {}) as Methods;
  if (!Array.isArray(authenticate?.methods)) return value;
  const methods = authenticate.methods.map((method, i) =>
    method?.users?.list === undefined
      ? method
      : { ...method, users: { ...method.users, list: map(method.users.list, i) } },
  );
  return { ...(value as object), authenticate: { ...authenticate, methods } };
}
