/** Selects parts of an event's data by paths such as `message.payload`: keeps only these, or leaves these out. */
import type { EventData } from '../protocol/schema/event.ts';

/** Makes the data for a sink from what a hook reported, which is not changed. */
export type Select = (data: EventData) => EventData;

export interface Selection {
  readonly pick?: readonly string[] | undefined;
  readonly drop?: readonly string[] | undefined;
}

/** @returns nothing if all of the data is wanted. */
export function compileSelection({ pick, drop }: Selection): Select | undefined {
  if (pick !== undefined) {
    const tree = treeOf(pick);
    return (data) => pickFrom(data, tree) as EventData;
  }
  if (drop === undefined) return undefined;
  const tree = treeOf(drop);
  return (data) => dropFrom(data, tree) as EventData;
}

/** `[a.b, a.c]` -> a -> { b, c }. A path that ends here is a node without children. */
interface Tree {
  readonly children: Map<string, Tree>;
}

function treeOf(paths: readonly string[]): Tree {
  const root: Tree = { children: new Map() };
  // Shorter paths first: each includes everything below it.
  for (const path of [...paths].sort((a, b) => a.length - b.length)) plant(root, path.split('.'));
  return root;
}

function plant(root: Tree, names: readonly string[]): void {
  let node = root;
  for (const [depth, name] of names.entries()) {
    const known = node.children.get(name);
    if (known !== undefined && known.children.size === 0) return;
    const child = known ?? { children: new Map() };
    node.children.set(name, child);
    if (depth < names.length - 1) node = child;
  }
}

/** Only plain objects have parts: bytes, lists and texts are kept or left out as a whole. */
function isParted(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
  );
}

function pickFrom(value: unknown, { children }: Tree): unknown {
  if (!isParted(value) || children.size === 0) return value;
  const kept: [string, unknown][] = [];
  for (const [name, child] of children) {
    if (Object.hasOwn(value, name)) kept.push([name, pickFrom(value[name], child)]);
  }
  return Object.fromEntries(kept);
}

function dropFrom(value: unknown, { children }: Tree): unknown {
  if (!isParted(value)) return value;
  const kept: [string, unknown][] = [];
  for (const [name, inner] of Object.entries(value)) {
    const child = children.get(name);
    if (child === undefined) kept.push([name, inner]);
    else if (child.children.size > 0) kept.push([name, dropFrom(inner, child)]);
  }
  return Object.fromEntries(kept);
}
