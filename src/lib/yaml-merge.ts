/** YAML merge keys (`<<: *base`), which the YAML library supports: resolves them and finds invalid ones. */
import { type Document, isAlias, isMap, isScalar, isSeq, Scalar, visit, type YAMLMap } from 'yaml';

/** Reports whether the key is `<<` without quotes. */
function isMergeKey(key: unknown): boolean {
  if (!isScalar(key) || (key.type !== undefined && key.type !== Scalar.PLAIN)) return false;
  return key.value === '<<' || (typeof key.value === 'symbol' && key.value.description === '<<');
}

/** Returns the maps that a map merges, highest precedence first; nothing for values that are not maps. */
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

/** Returns the positions of merge keys whose value is neither a map nor a list of maps. */
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
