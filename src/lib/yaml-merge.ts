/** Merge keys of YAML (`<<: *base`), which the library of YAML follows: where they lead, and what is wrong with one. */
import { type Document, isAlias, isMap, isScalar, isSeq, Scalar, visit, type YAMLMap } from 'yaml';

/** Is the key `<<`, and not in quotes? */
function isMergeKey(key: unknown): boolean {
  if (!isScalar(key) || (key.type !== undefined && key.type !== Scalar.PLAIN)) return false;
  return key.value === '<<' || (typeof key.value === 'symbol' && key.value.description === '<<');
}

/** The maps that a map takes keys from, those that overrule others first; nothing in the place of what is no map. */
export function mergedMaps(map: YAMLMap, document: Document): readonly (YAMLMap | undefined)[] {
  return map.items.filter(({ key }) => isMergeKey(key)).flatMap(({ value }) => mapsOf(value, document));
}

function mapsOf(value: unknown, document: Document): readonly (YAMLMap | undefined)[] {
  const source = resolve(value, document);
  const items = isSeq(source) ? source.items : [source];
  return items.map((item) => resolve(item, document)).map((item) => (isMap(item) ? item : undefined));
}

function resolve(node: unknown, document: Document): unknown {
  return isAlias(node) ? node.resolve(document) : node;
}

/** Where in the text merge keys stand whose value is neither a map nor a list of maps. */
export function findBadMerges(document: Document): readonly number[] {
  const offsets: number[] = [];
  visit(document, {
    Pair(_, { key, value }) {
      if (!isMergeKey(key) || !mapsOf(value, document).includes(undefined)) return;
      offsets.push((key as Scalar).range?.[0] ?? 0);
    },
  });
  return offsets;
}
