/** Users in YAML: a list of them, or a map with the list under `users`. */
import { isMap, isNode, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import type { Records } from './parse.ts';

const SHAPE = 'expected a list of users, or "users:" with a list';

export function readYaml(text: string): Records {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false, logLevel: 'error' });
  const lineAt = (offset: number) => Math.max(1, lineCounter.linePos(offset).line);
  if (document.errors.length > 0) {
    // Codes such as BAD_INDENT, since the parser's messages may quote the text.
    const problems = document.errors.map(({ pos, code }) => ({
      line: lineAt(pos[0]),
      message: `not valid YAML (${code})`,
    }));
    return { ok: false, problems };
  }
  const contents = document.contents;
  const list = isMap(contents) && contents.items.length === 1 ? contents.get('users', true) : contents;
  if (list === null) return { ok: true, records: [] };
  if (!isSeq(list)) return { ok: false, problems: [{ line: 1, message: SHAPE }] };
  const nodes = list.items.filter(isNode);
  try {
    return {
      ok: true,
      records: nodes.map((node) => ({ line: lineAt(startOf(node)), fields: node.toJS(document) as unknown })),
    };
  } catch {
    // The parser counts how far aliases unfold.
    return { ok: false, problems: [{ line: 1, message: 'aliases unfold into too much' }] };
  }
}

function startOf(node: Node): number {
  return node.range?.[0] ?? 0;
}
