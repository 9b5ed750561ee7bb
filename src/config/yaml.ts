/** Reads YAML with positions. Imported only when there is a file: `const { parseYaml } = await import('./yaml.ts')`. */
import {
  type Document,
  type ErrorCode,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
} from 'yaml';
import { findBadMerges, mergedMaps } from '../lib/yaml-merge.ts';
import type { ConfigDocument } from './document.ts';
import type { Position } from './problem.ts';

/**
 * How often aliases may repeat their values, nesting included: enough for people, too few for an expansion
 * attack.
 */
const MAX_ALIASES = 100;

/** Our own sentences: those of the parser quote the file. */
const sentences: Readonly<Record<ErrorCode, string>> = {
  ALIAS_PROPS: 'an alias cannot have an anchor or a tag; remove it',
  BAD_ALIAS: 'the name of an anchor or alias is not valid; write letters and digits',
  BAD_COLLECTION_TYPE: 'the tag does not match its value; remove the tag',
  BAD_DIRECTIVE: 'the directive is not valid; remove the line',
  BAD_DQ_ESCAPE: 'the escape sequence is not known; write \\\\ for a backslash, or use single quotes',
  BAD_INDENT:
    'the indentation is wrong, or a bracket is not closed; indent keys of one section equally, with spaces',
  BAD_PROP_ORDER: 'anchors and tags belong before their value; move it',
  BAD_SCALAR_START: 'a value cannot begin with this character; put it in quotes',
  BLOCK_AS_IMPLICIT_KEY: 'a second key on one line; put it on a line of its own, or put the value in quotes',
  BLOCK_IN_FLOW: 'an indented block is not allowed within [ ] or { }; write it on one line',
  DUPLICATE_KEY: 'this key is written twice; remove one of the two',
  IMPOSSIBLE: 'this cannot be read as YAML; compare it with the lines around it',
  KEY_OVER_1024_CHARS: 'the key is too long; is a ":" missing or too many?',
  MISSING_CHAR: 'a closing quote or bracket, a ":" or a "," is missing; add it',
  MULTILINE_IMPLICIT_KEY: 'a key must end on its line; is a ":" missing?',
  MULTIPLE_ANCHORS: 'a value can have one anchor; remove the others',
  MULTIPLE_DOCS: 'a second document begins here; write one document, without "---"',
  MULTIPLE_TAGS: 'a value can have one tag; remove the others',
  NON_STRING_KEY: 'a key must be text; write a name',
  RESOURCE_EXHAUSTION: 'this is nested too deeply; use fewer levels',
  TAB_AS_INDENT: 'tabs cannot indent; use spaces',
  TAG_RESOLVE_FAILED: 'the tag is not known; remove it',
  UNEXPECTED_TOKEN: 'this was not expected here; is a ":", a "-" or a quote missing before it?',
};

/**
 * Parses YAML. Never throws. Anchors, aliases and merge keys are supported; tags, several documents and
 * duplicate keys are problems.
 */
export function parseYaml(text: string): ConfigDocument {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    logLevel: 'error',
    // Otherwise digits beyond 2^53 would be lost, and the value compared as another number.
    intAsBigInt: true,
    prettyErrors: false,
    resolveKnownTags: false,
    merge: true,
    stringKeys: true,
  });
  const found = findErrors(document);
  const isReadable = found.every(({ code }) => code === 'DUPLICATE_KEY');
  const content = isReadable ? toContent(document, found) : undefined;
  return {
    content,
    problems: found.map(({ offset, message }) => ({ position: positionOf(lines, offset), message })),
    locate: (path, part) => positionOf(lines, findOffset(document, path, part)),
  };
}

interface Found {
  readonly code: ErrorCode;
  readonly offset: number;
  readonly message: string;
}

const BOMB = `aliases repeat more than ${MAX_ALIASES} values; write the values out`;
const BAD_MERGE = '<< must refer to a mapping or a list of mappings; write such as <<: *name';
const UNKNOWN_ALIAS = 'the alias has no anchor; define it above';

/** Nesting that is too deep is one problem, although the parser reports it for every level. */
function findErrors(document: Document.Parsed): Found[] {
  const found: Found[] = [...document.errors, ...document.warnings].map(({ code, pos }) => ({
    code,
    offset: pos[0],
    message: sentences[code],
  }));
  if (found.length > 0) return found.some(isDepth) ? found.filter(isDepth).slice(-1) : found;
  visit(document, {
    Alias(_, alias) {
      if (alias.resolve(document) !== undefined) return;
      found.push({ code: 'BAD_ALIAS', offset: alias.range?.[0] ?? 0, message: UNKNOWN_ALIAS });
    },
  });
  if (found.length > 0) return found;
  return findBadMerges(document).map((offset) => ({
    code: 'BAD_COLLECTION_TYPE',
    offset,
    message: BAD_MERGE,
  }));
}

const isDepth = ({ code }: Found): boolean => code === 'RESOURCE_EXHAUSTION';

/** An empty file is an empty mapping. */
function toContent(document: Document.Parsed, found: Found[]): unknown {
  try {
    findLargeIntegers(document, found);
    return narrow(document.toJS({ maxAliasCount: MAX_ALIASES })) ?? {};
  } catch (error) {
    const message = error instanceof ReferenceError ? BOMB : sentences.RESOURCE_EXHAUSTION;
    found.push({ code: 'RESOURCE_EXHAUSTION', offset: 0, message });
    return undefined;
  }
}

const MIN_INTEGER = -(2n ** 63n);
const MAX_INTEGER = 2n ** 64n - 1n;
const TOO_LARGE =
  'the integer has more than 64 bits and would lose digits; put it in quotes, or write it with an exponent if it need not be exact';

function findLargeIntegers(document: Document.Parsed, found: Found[]): void {
  visit(document, {
    Scalar(key, { value, range }) {
      if (key === 'key' || typeof value !== 'bigint' || (value >= MIN_INTEGER && value <= MAX_INTEGER))
        return;
      found.push({ code: 'IMPOSSIBLE', offset: range?.[0] ?? 0, message: TOO_LARGE });
    },
  });
}

/** Replaces bigints that a number can represent, in place. */
function narrow(value: unknown, seen = new Set<unknown>()): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (typeof value !== 'object' || value === null || seen.has(value)) return value;
  seen.add(value);
  const members = value as Record<string, unknown>;
  for (const key of Object.keys(members)) members[key] = narrow(members[key], seen);
  return value;
}

function positionOf(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

/** Returns the offset of the path in the text, or of its nearest known parent. */
function findOffset(document: Document.Parsed, path: readonly PropertyKey[], part: 'key' | 'value'): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  path.forEach((segment, depth) => {
    const child = childOf(isAlias(node) ? node.resolve(document) : node, segment, document);
    node = child?.value;
    const wanted = part === 'key' && depth === path.length - 1 ? child?.key : (node ?? child?.key);
    offset = startOf(wanted) ?? startOf(child?.key) ?? offset;
  });
  return offset;
}

interface Child {
  readonly key: unknown;
  readonly value: unknown;
}

/** Mappings merge others a few levels deep; more is a mistake or a cycle. */
const MAX_MERGES = 10;

function childOf(
  node: unknown,
  segment: PropertyKey,
  document: Document.Parsed,
  depth = 0,
): Child | undefined {
  if (isSeq(node)) return { key: node.items[Number(segment)], value: node.items[Number(segment)] };
  if (!isMap(node) || depth > MAX_MERGES) return undefined;
  const own = node.items.findLast(({ key }) => isScalar(key) && String(key.value) === segment);
  if (own !== undefined) return own;
  for (const map of mergedMaps(node, document)) {
    const child = childOf(map, segment, document, depth + 1);
    if (child !== undefined) return child;
  }
  return undefined;
}

function startOf(node: unknown): number | undefined {
  return (node as { range?: [number, number, number] | null } | null | undefined)?.range?.[0];
}
