/** Reads users in YAML: a list, or a map with the list under `users`. */
import { type Document, isMap, isNode, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { findBadMerges } from '../../lib/yaml-merge.ts';
import type { Records } from './parse.ts';

const SHAPE = 'expected a list of users, or "users:" with a list';

export function* readYaml(text: string): Records {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, {
    lineCounter,
    prettyErrors: false,
    logLevel: 'error',
    merge: true,
  });
  const lineAt = (offset: number) => Math.max(1, lineCounter.linePos(offset).line);
  if (document.errors.length > 0) {
    // Codes such as BAD_INDENT, because the parser's messages may quote the text.
    for (const { pos, code } of document.errors)
      yield { line: lineAt(pos[0]), message: `not valid YAML (${code})` };
    return;
  }
  const [badMerge] = findBadMerges(document);
  if (badMerge !== undefined)
    return yield {
      line: lineAt(badMerge),
      message: '<< must refer to a mapping or a list of mappings',
    };
  const contents = document.contents;
  const list = isMap(contents) && contents.items.length === 1 ? contents.get('users', true) : contents;
  if (list === null) return;
  if (!isSeq(list)) return yield { line: 1, message: SHAPE };
  for (const node of list.items.filter(isNode)) {
    const fields = contentOf(node, document);
    if (fields === undefined) return yield { line: 1, message: 'aliases expand beyond the limit' };
    yield { line: lineAt(startOf(node)), fields: fields.value };
  }
}

/** Returns nothing when its aliases expand beyond the parser's limit. */
function contentOf(node: Node, document: Document.Parsed): { readonly value: unknown } | undefined {
  try {
    return { value: node.toJS(document) as unknown };
  } catch {
    return undefined;
  }
}

function startOf(node: Node): number {
  return node.range?.[0] ?? 0;
}
