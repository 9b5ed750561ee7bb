/**
 * An index of the rules of a policy: first by the client that a rule names, then by topic filter. A thousand rules cost
 * about as much as one.
 *
 * A rule for `username: [alice, bob]` is filed under these two names and skipped for all other clients. A rule whose
 * `who` names no client (expressions, `any`, `not`) is filed under everyone, and its `who` is evaluated when its topic
 * is hit.
 */

import type { Steps } from '../../lib/steps.ts';
import { addressOf, type Caller, type Subject } from '../subject.ts';
import { addressKey, cidrKey, parseCidr } from '../text/cidr.ts';
import type { CompiledRule } from './compiled-rule.ts';
import { PrefixMap } from './prefix-map.ts';
import { listOf, type TextCondition } from './rule.ts';
import { insert, makeTrie, type TrieNode } from './rule-trie.ts';

/** The rules for some clients. A trie exists only if it contains a rule. */
export interface Shelf {
  /** Filters that a published topic may match. */
  matching?: TrieNode;
  /** Filters of allow rules, which must cover a requested filter. */
  covering?: TrieNode;
  /** Filters of deny rules, which must overlap a requested filter. */
  overlapping?: TrieNode;
  /** `{ eq }` filters. */
  equalPublish?: TrieNode;
  equalSubscribe?: TrieNode;
  /** Rules on every topic. */
  readonly everyPublish: number[];
  readonly everySubscribe: number[];
}

/** The shelves of rules that select clients by one of their names. */
interface NameShelves {
  readonly field: 'clientid' | 'username' | 'cert_common_name';
  readonly read: (subject: Subject) => string;
  readonly exact: Map<string, Shelf>;
  /** Globs such as `site-1-*`, by the text before the first wildcard. */
  readonly prefixed: PrefixMap<Shelf>;
}

export interface RuleIndex {
  readonly everyone: Shelf;
  /** The most selective name first. */
  readonly byName: readonly NameShelves[];
  readonly byTag: Map<string, Shelf>;
  /** Address blocks, by their whole bytes. */
  readonly byAddress: PrefixMap<Shelf>;
}

/** Adds rules one at a time. */
export function* indexSteps(rules: readonly CompiledRule[]): Steps<RuleIndex> {
  const index: RuleIndex = {
    everyone: makeShelf(),
    byName: [
      nameShelves('clientid', (subject) => subject.clientid),
      nameShelves('username', (subject) => subject.username),
      nameShelves('cert_common_name', (subject) => subject.cn),
    ],
    byTag: new Map(),
    byAddress: new PrefixMap(),
  };
  for (const [position, rule] of rules.entries()) {
    for (const shelf of shelvesFor(rule, index)) file(rule, position, shelf);
    yield;
  }
  return index;
}

function nameShelves(field: NameShelves['field'], read: NameShelves['read']): NameShelves {
  return { field, read, exact: new Map(), prefixed: new PrefixMap() };
}

function makeShelf(): Shelf {
  return { everyPublish: [], everySubscribe: [] };
}

/** Visits the shelves with rules for this caller; a shelf may occur twice. */
export function forEachShelf(index: RuleIndex, caller: Caller, visit: (shelf: Shelf) => void): void {
  const { subject } = caller;
  visit(index.everyone);
  for (const { read, exact, prefixed } of index.byName) {
    const name = read(subject);
    const shelf = exact.get(name);
    if (shelf !== undefined) visit(shelf);
    prefixed.forEachPrefixOf(name, visit);
  }
  const address = index.byAddress.isEmpty ? undefined : addressOf(caller);
  if (address !== undefined) index.byAddress.forEachPrefixOf(addressKey(address), visit);
  if (index.byTag.size === 0 || subject.tags === undefined) return;
  for (const tag of Object.keys(subject.tags)) {
    const shelf = index.byTag.get(tag);
    if (shelf !== undefined) visit(shelf);
  }
}

/** Returns the shelves of a rule: by the names it gives, or everyone. */
function shelvesFor({ rule: { who } }: CompiledRule, index: RuleIndex): readonly Shelf[] {
  if (who === undefined) return [index.everyone];
  for (const names of index.byName) {
    const conditions = who[names.field];
    const shelves = conditions === undefined ? undefined : shelvesNamed(listOf(conditions), names);
    if (shelves !== undefined) return shelves;
  }
  if (typeof who.tag === 'string') return [shelfAt(index.byTag, who.tag)];
  if (who.address === undefined) return [index.everyone];
  const blocks = listOf(who.address).map(parseCidr);
  return blocks.flatMap((block) =>
    block === undefined ? [] : index.byAddress.at(cidrKey(block), makeShelf),
  );
}

/** `undefined` if a condition cannot be looked up by name. */
function shelvesNamed(
  conditions: readonly TextCondition[],
  names: NameShelves,
): readonly Shelf[] | undefined {
  const shelves = new Set<Shelf>();
  for (const condition of conditions) {
    const text = typeof condition === 'string' ? condition : 'is' in condition ? condition.is : undefined;
    const prefix =
      typeof condition === 'object' && 'like' in condition ? condition.like.split(/[*?]/, 1)[0] : '';
    if (text !== undefined) shelves.add(shelfAt(names.exact, text));
    else if (prefix) shelves.add(names.prefixed.at(prefix, makeShelf));
    else return undefined;
  }
  return [...shelves];
}

function shelfAt(shelves: Map<string, Shelf>, name: string): Shelf {
  const shelf = shelves.get(name) ?? makeShelf();
  shelves.set(name, shelf);
  return shelf;
}

function file(rule: CompiledRule, position: number, shelf: Shelf): void {
  if (rule.topics === undefined) {
    if (rule.publish) shelf.everyPublish.push(position);
    if (rule.subscribe) shelf.everySubscribe.push(position);
    return;
  }
  for (const { levels, literal } of rule.topics) {
    for (const trie of triesFor(rule, literal, shelf)) insert(trie, levels, position, literal);
  }
}

function* triesFor(rule: CompiledRule, literal: boolean, shelf: Shelf): Iterable<TrieNode> {
  if (rule.publish) yield trieIn(shelf, literal ? 'equalPublish' : 'matching');
  if (!rule.subscribe) return;
  if (literal) yield trieIn(shelf, 'equalSubscribe');
  else yield trieIn(shelf, rule.verdict === 'allow' ? 'covering' : 'overlapping');
}

type TrieName = 'matching' | 'covering' | 'overlapping' | 'equalPublish' | 'equalSubscribe';

function trieIn(shelf: Shelf, name: TrieName): TrieNode {
  const trie = shelf[name] ?? makeTrie();
  shelf[name] = trie;
  return trie;
}
