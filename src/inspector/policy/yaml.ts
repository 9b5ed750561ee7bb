/** The policies of a configuration as YAML for an editor: comments stay, secrets do not. */
import {
  type Document,
  isMap,
  isPair,
  isScalar,
  isSeq,
  parseDocument,
  stringify,
  visit,
  type YAMLSeq,
} from 'yaml';
import { HIDDEN, hideSecrets, restoreSecrets } from './hidden.ts';
import { type Path, type PolicySections, pickSections, policySections } from './sections.ts';

/** @param config in force, for what no file says. @param text of the file; nothing without one. */
export function policyYaml(config: PolicySections, text: string | undefined): string {
  const document = text === undefined ? undefined : parseDocument(text, { logLevel: 'silent' });
  if (document === undefined || document.errors.length > 0 || !isMap(document.contents) || hasAlias(document))
    return plainYaml(config);
  const { contents } = document;
  contents.items = contents.items.filter(({ key }) =>
    (policySections as readonly unknown[]).includes(keyOf(key)),
  );
  if (contents.items.length === 0) return '';
  hideIn(document);
  return String(document);
}

function plainYaml(config: PolicySections): string {
  const sections = Object.entries(hideSecrets(pickSections(config)) as object).filter(
    ([, value]) => value !== undefined,
  );
  return sections.length === 0 ? '' : stringify(Object.fromEntries(sections));
}

/** Anchors may stand in a section that is left out. */
function hasAlias(document: Document): boolean {
  let found = false;
  visit(document, {
    Alias() {
      found = true;
      return visit.BREAK;
    },
  });
  return found;
}

/** Words in a comment that a secret may stand behind. */
const secretWord = /passw|secret|token|credential|authorization|api.?key|private.?key/i;

function hideIn(document: Document.Parsed): void {
  hideComments(document);
  const shown = hideSecrets(document.toJS());
  visit(document, {
    Scalar(key, node, ancestors) {
      if (key === 'key' || typeof node.value !== 'string') return;
      const masked = at(shown, pathOf(node, ancestors));
      if (typeof masked === 'string' && masked !== node.value) node.value = masked;
    },
    Seq(_, node, ancestors) {
      const masked = at(shown, pathOf(node, ancestors));
      if (!Array.isArray(masked) || masked.length > 0 || node.items.length === 0) return undefined;
      node.items = [];
      node.comment = ' users are not shown, and stay as they are';
      return visit.SKIP;
    },
  });
}

/** A line that is commented out may hold what it held before. */
function hideComments(document: Document.Parsed): void {
  const hide = (of: { comment?: string | null; commentBefore?: string | null }): void => {
    if (of.comment && secretWord.test(of.comment)) of.comment = ` ${HIDDEN}`;
    if (of.commentBefore && secretWord.test(of.commentBefore)) of.commentBefore = ` ${HIDDEN}`;
  };
  hide(document);
  visit(document, { Node: (_, node) => hide(node) });
}

function pathOf(node: unknown, ancestors: readonly unknown[]): Path {
  const chain = [...ancestors, node];
  return chain.flatMap((one, i): Path => {
    if (isPair(one)) return [String(keyOf(one.key))];
    const next = chain[i + 1];
    return isSeq(one) && next !== undefined ? [(one as YAMLSeq).items.indexOf(next)] : [];
  });
}

function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (found, segment) =>
      typeof found === 'object' && found !== null && Object.hasOwn(found, segment)
        ? (found as Record<PropertyKey, unknown>)[segment]
        : undefined,
    value,
  );
}

function keyOf(key: unknown): unknown {
  return isScalar(key) ? key.value : key;
}

/**
 * Replaces the policies in the text of a file with those of a candidate: all else stays as it is, with its
 * comments.
 *
 * @returns nothing where the file has anchors, which may reach from one section into another.
 */
export function mergeYaml(file: string, candidate: string): string | undefined {
  const document = parseDocument(file, { logLevel: 'silent' });
  const made = parseDocument(candidate, { logLevel: 'silent' });
  if (document.errors.length > 0 || hasAlias(document) || hasAlias(made)) return undefined;
  restoreIn(made, document.toJS());
  for (const name of policySections) {
    const node = made.get(name, true);
    if (node === undefined) document.delete(name);
    else document.set(name, node);
  }
  return String(document);
}

function restoreIn(made: Document.Parsed, real: unknown): void {
  const { value: restored } = restoreSecrets(made.toJS() as unknown, real);
  visit(made, {
    Scalar(key, node, ancestors) {
      if (key === 'key' || typeof node.value !== 'string') return;
      const text = at(restored, pathOf(node, ancestors));
      if (typeof text === 'string') node.value = text;
    },
    Seq(_, node, ancestors) {
      const list = at(restored, pathOf(node, ancestors));
      if (!Array.isArray(list) || node.items.length > 0 || list.length === 0) return undefined;
      node.items = (made.createNode(list) as YAMLSeq).items;
      node.flow = false;
      node.comment = null;
      return visit.SKIP;
    },
  });
}
