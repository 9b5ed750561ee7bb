/**
 * Topic filters of many rules as a tree of levels, and the four questions asked of it.
 *
 * A node is entered at most once in a question, and only if it can still yield an earlier rule than the one
 * found, so that a question costs about as much as the levels of its topic however many rules there are.
 */

import type { Subject } from '../subject.ts';
import { fillLevel, type Level, type LevelTemplate } from './compiled-rule.ts';
import type { UnsafeValue } from './placeholders.ts';
import { PrefixMap } from './prefix-map.ts';

/** An answer in the making: the first rule so far, and what to do with candidates. */
export interface Search {
  readonly subject: Subject;
  /** Index of the first rule that was hit. `Infinity` while there is none. */
  best: number;
  /** Is this rule for the caller? */
  isFor(rule: number): boolean;
  /** A level that was reached could not be filled in. */
  note(value: UnsafeValue): void;
}

interface TemplateEdge {
  readonly level: LevelTemplate;
  readonly node: TrieNode;
}

export interface TrieNode {
  /** The first rule at or below this node. */
  min: number;
  /** Levels that are plain texts. */
  texts: Map<string, TrieNode> | undefined;
  plus: TrieNode | undefined;
  /** Levels with placeholders, by what stands before the first one. */
  edges: PrefixMap<TemplateEdge[]> | undefined;
  /** Levels with placeholders whose values may hold "/", and so stand for several. */
  spans: TemplateEdge[] | undefined;
  /** Rules whose filter ends here, in order. */
  here: number[];
  /** Rules whose filter goes on with `#` and ends, in order. */
  hash: number[];
}

export function makeTrie(): TrieNode {
  return {
    min: Number.POSITIVE_INFINITY,
    texts: undefined,
    plus: undefined,
    edges: undefined,
    spans: undefined,
    here: [],
    hash: [],
  };
}

/** Adds a filter. Rules must be added in their order. In a literal filter `+` and `#` are texts. */
export function insert(root: TrieNode, levels: readonly Level[], rule: number, literal: boolean): void {
  let node = root;
  node.min = Math.min(node.min, rule);
  for (const level of levels) {
    if (level === '#' && !literal) {
      node.hash.push(rule);
      return;
    }
    node = childOf(node, level, literal);
    node.min = Math.min(node.min, rule);
  }
  node.here.push(rule);
}

function childOf(node: TrieNode, level: Level, literal: boolean): TrieNode {
  if (typeof level !== 'string') return edgeOf(node, level);
  if (level === '+' && !literal) {
    node.plus ??= makeTrie();
    return node.plus;
  }
  node.texts ??= new Map();
  const child = node.texts.get(level) ?? makeTrie();
  node.texts.set(level, child);
  return child;
}

function edgeOf(node: TrieNode, level: LevelTemplate): TrieNode {
  if (level.slash) {
    node.spans ??= [];
    return nodeAt(node.spans, level);
  }
  node.edges ??= new PrefixMap();
  const [first] = level.parts;
  return nodeAt(
    node.edges.at(typeof first === 'string' ? first : '', () => []),
    level,
  );
}

function nodeAt(edges: TemplateEdge[], level: LevelTemplate): TrieNode {
  const known = edges.find((edge) => edge.level.source === level.source);
  if (known !== undefined) return known.node;
  const edge = { level, node: makeTrie() };
  edges.push(edge);
  return edge.node;
}

/** Takes the first rule of a list that is for the caller. */
export function take(rules: readonly number[], search: Search): void {
  for (const rule of rules) {
    if (rule >= search.best) return;
    if (search.isFor(rule)) search.best = rule;
  }
}

/** Does the edge lead to this level for this caller? */
function fits(edge: TemplateEdge, level: string, search: Search): boolean {
  if (edge.node.min >= search.best) return false;
  const filled = fillLevel(edge.level, search.subject);
  if (typeof filled === 'string') return filled === level;
  search.note(filled);
  return false;
}

type Walk = (node: TrieNode, levels: readonly string[], at: number, search: Search) => void;

/** Goes on with all children that this one level leads to. */
function descend(walk: Walk, node: TrieNode, levels: readonly string[], at: number, search: Search): void {
  const level = levels[at] ?? '';
  const child = node.texts?.get(level);
  if (child !== undefined) walk(child, levels, at + 1, search);
  node.edges?.forEachPrefixOf(level, (edges) => {
    for (const edge of edges) if (fits(edge, level, search)) walk(edge.node, levels, at + 1, search);
  });
}

/** Goes on behind the levels that a value with "/" stands for. */
function cross(walk: Walk, node: TrieNode, levels: readonly string[], at: number, search: Search): void {
  if (node.spans === undefined) return;
  for (const { level, node: next } of node.spans) {
    const filled = next.min >= search.best ? undefined : fillLevel(level, search.subject);
    if (typeof filled === 'object') search.note(filled);
    else if (filled !== undefined) follow(walk, next, filled.split('/'), levels, at, search);
  }
}

/** Only an overlap reaches a text by a wildcard that was asked for. */
function follow(
  walk: Walk,
  node: TrieNode,
  texts: readonly string[],
  levels: readonly string[],
  at: number,
  search: Search,
): void {
  const isOverlap = walk === findOverlapping;
  for (const [i, text] of texts.entries()) {
    const asked = levels[at + i];
    const isWild = isOverlap && (asked === '+' || asked === '#');
    if (!isWild && asked !== text) return;
    if (isWild && at + i === 0 && startsWithDollar(text)) return;
    if (isWild && asked === '#') {
      takeAll(node, false, search);
      return;
    }
  }
  walk(node, levels, at + texts.length, search);
}

function startsWithDollar(text: string | undefined): boolean {
  return text?.charCodeAt(0) === 0x24;
}

/** Wildcards at the root do not match a topic that begins with `$`. [MQTT-4.7.2-1] */
function isHidden(levels: readonly string[], at: number): boolean {
  return at === 0 && startsWithDollar(levels[0]);
}

/** Finds rules whose filter matches the topic name. */
export const findMatching: Walk = (node, levels, at, search) => {
  if (node.min >= search.best) return;
  const hidden = isHidden(levels, at);
  if (!hidden) take(node.hash, search);
  if (at === levels.length) return take(node.here, search);
  descend(findMatching, node, levels, at, search);
  cross(findMatching, node, levels, at, search);
  if (!hidden && node.plus !== undefined) findMatching(node.plus, levels, at + 1, search);
};

/** Finds rules whose filter covers the requested filter. */
export const findCovering: Walk = (node, levels, at, search) => {
  if (node.min >= search.best) return;
  const level = levels[at];
  const hidden = isHidden(levels, at);
  if (!hidden) take(node.hash, search);
  if (at === levels.length) return take(node.here, search);
  if (level === '#') {
    // Every topic has a first level, so that `+/#` covers `#`.
    if (at === 0 && node.plus !== undefined) take(node.plus.hash, search);
    return;
  }
  if (level !== '+') descend(findCovering, node, levels, at, search);
  cross(findCovering, node, levels, at, search);
  if (!hidden && node.plus !== undefined) findCovering(node.plus, levels, at + 1, search);
};

/** Finds rules whose filter overlaps the requested filter. */
export const findOverlapping: Walk = (node, levels, at, search) => {
  if (node.min >= search.best) return;
  const level = levels[at];
  const hidden = isHidden(levels, at);
  if (!hidden) take(node.hash, search);
  if (at === levels.length) return take(node.here, search);
  if (level === '#') return takeAll(node, at === 0, search);
  cross(findOverlapping, node, levels, at, search);
  if (level === '+') {
    for (const child of children(node, at === 0, search)) findOverlapping(child, levels, at + 1, search);
    return;
  }
  descend(findOverlapping, node, levels, at, search);
  if (!hidden && node.plus !== undefined) findOverlapping(node.plus, levels, at + 1, search);
};

/** Finds rules whose filter is this text. */
export const findEqual: Walk = (node, levels, at, search) => {
  if (node.min >= search.best) return;
  if (at === levels.length) return take(node.here, search);
  descend(findEqual, node, levels, at, search);
  cross(findEqual, node, levels, at, search);
};

/** Takes all at and below a node, which a requested `#` reaches; at the root those that begin with `$` only if it is not one. */
export function takeAll(node: TrieNode, isRoot: boolean, search: Search): void {
  if (node.min >= search.best) return;
  take(node.here, search);
  take(node.hash, search);
  for (const child of children(node, isRoot, search)) takeAll(child, false, search);
  if (node.spans === undefined) return;
  for (const edge of node.spans) if (isReached(edge, isRoot, search)) takeAll(edge.node, false, search);
}

/** May this edge be taken by a wildcard? */
function isReached({ level, node }: TemplateEdge, isRoot: boolean, search: Search): boolean {
  const filled = node.min >= search.best ? undefined : fillLevel(level, search.subject);
  if (typeof filled === 'object') search.note(filled);
  return typeof filled === 'string' && !(isRoot && startsWithDollar(filled));
}

/** The children that a requested wildcard reaches: at the root none that begin with `$`. [MQTT-4.7.2-1] */
function* children(node: TrieNode, isRoot: boolean, search: Search): Iterable<TrieNode> {
  if (node.plus !== undefined) yield node.plus;
  for (const [text, child] of node.texts ?? []) {
    if (!(isRoot && startsWithDollar(text))) yield child;
  }
  for (const edges of node.edges?.values() ?? []) {
    for (const edge of edges) if (isReached(edge, isRoot, search)) yield edge.node;
  }
}
