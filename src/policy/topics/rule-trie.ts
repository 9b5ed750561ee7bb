/**
 * A trie of the topic filters of many rules, and four searches in it.
 *
 * A search enters a node at most once, and only if it can yield an earlier rule than the one found. Its cost depends on
 * the number of levels of the topic, not on the number of rules.
 */

import type { Subject } from '../subject.ts';
import { fillLevel, type Level, type LevelTemplate } from './compiled-rule.ts';
import type { UnsafeValue } from './placeholders.ts';
import { PrefixMap } from './prefix-map.ts';

/** The state of a search: the first rule so far, and how to treat candidates. */
export interface Search {
  readonly subject: Subject;
  /** Index of the first rule hit so far; `Infinity` if none. */
  best: number;
  /** Reports whether the rule applies to the caller. */
  isFor(rule: number): boolean;
  /** Called for a level that could not be filled in. */
  note(value: UnsafeValue): void;
}

interface TemplateEdge {
  readonly level: LevelTemplate;
  readonly node: TrieNode;
}

export interface TrieNode {
  /** The first rule at or below this node. */
  min: number;
  /** Literal levels. */
  texts: Map<string, TrieNode> | undefined;
  plus: TrieNode | undefined;
  /** Levels with placeholders, by the text before the first one. */
  edges: PrefixMap<TemplateEdge[]> | undefined;
  /** Levels with placeholders whose values may contain "/" and so fill several levels. */
  spans: TemplateEdge[] | undefined;
  /** Rules whose filter ends here, in order. */
  here: number[];
  /** Rules whose filter continues with a final `#`, in order. */
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

/** Adds a filter. Rules must be added in order. In a literal filter, `+` and `#` are not wildcards. */
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

/** Takes the first rule of a list that applies to the caller. */
export function take(rules: readonly number[], search: Search): void {
  for (const rule of rules) {
    if (rule >= search.best) return;
    if (search.isFor(rule)) search.best = rule;
  }
}

/** Reports whether the edge leads to this level for this caller. */
function fits(edge: TemplateEdge, level: string, search: Search): boolean {
  if (edge.node.min >= search.best) return false;
  const filled = fillLevel(edge.level, search.subject);
  if (typeof filled === 'string') return filled === level;
  search.note(filled);
  return false;
}

type Walk = (node: TrieNode, levels: readonly string[], at: number, search: Search) => void;

/** Continues with all children that match this level. */
function descend(walk: Walk, node: TrieNode, levels: readonly string[], at: number, search: Search): void {
  const level = levels[at] ?? '';
  const child = node.texts?.get(level);
  if (child !== undefined) walk(child, levels, at + 1, search);
  node.edges?.forEachPrefixOf(level, (edges) => {
    for (const edge of edges) if (fits(edge, level, search)) walk(edge.node, levels, at + 1, search);
  });
}

/** Continues after the levels that a value with "/" fills. */
function cross(walk: Walk, node: TrieNode, levels: readonly string[], at: number, search: Search): void {
  if (node.spans === undefined) return;
  for (const { level, node: next } of node.spans) {
    const filled = next.min >= search.best ? undefined : fillLevel(level, search.subject);
    if (typeof filled === 'object') search.note(filled);
    else if (filled !== undefined) follow(walk, next, filled.split('/'), levels, at, search);
  }
}

/** Only an overlap search matches a literal level by a requested wildcard. */
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

/** Finds rules whose filter equals this text. */
export const findEqual: Walk = (node, levels, at, search) => {
  if (node.min >= search.best) return;
  if (at === levels.length) return take(node.here, search);
  descend(findEqual, node, levels, at, search);
  cross(findEqual, node, levels, at, search);
};

/** Takes all rules at and below a node for a requested `#`. At the root, skips levels that begin with `$`. */
export function takeAll(node: TrieNode, isRoot: boolean, search: Search): void {
  if (node.min >= search.best) return;
  take(node.here, search);
  take(node.hash, search);
  for (const child of children(node, isRoot, search)) takeAll(child, false, search);
  if (node.spans === undefined) return;
  for (const edge of node.spans) if (isReached(edge, isRoot, search)) takeAll(edge.node, false, search);
}

/** Reports whether a wildcard may follow this edge. */
function isReached({ level, node }: TemplateEdge, isRoot: boolean, search: Search): boolean {
  const filled = node.min >= search.best ? undefined : fillLevel(level, search.subject);
  if (typeof filled === 'object') search.note(filled);
  return typeof filled === 'string' && !(isRoot && startsWithDollar(filled));
}

/** Visits the children that a requested wildcard reaches. At the root, skips those that begin with `$`. [MQTT-4.7.2-1] */
function* children(node: TrieNode, isRoot: boolean, search: Search): Iterable<TrieNode> {
  if (node.plus !== undefined) yield node.plus;
  for (const [text, child] of node.texts ?? []) {
    if (!(isRoot && startsWithDollar(text))) yield child;
  }
  for (const edges of node.edges?.values() ?? []) {
    for (const edge of edges) if (isReached(edge, isRoot, search)) yield edge.node;
  }
}
