/** Completion and hover of the policy editor, from the JSON Schema. */
import type { CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import type { Text } from '@codemirror/state';
import { hoverTooltip, type Tooltip } from '@codemirror/view';
import { describeAt, keysAt, type Schema, type Suggestion, valuesAt } from './schema.ts';
import { readPaths, type Segment } from './yaml-path.ts';

/** Stands for the key that is being typed: its line needs a path. */
const TYPED = 'being-typed';

/** @param schema nothing until it is loaded */
export function complete(schema: () => Schema | undefined) {
  return (context: CompletionContext): CompletionResult | null => {
    const root = schema();
    const line = context.state.doc.lineAt(context.pos);
    const before = line.text.slice(0, context.pos - line.from);
    const [, lead = '', word = ''] = /^(\s*(?:-\s+)*)([\w-]*)$/.exec(before) ?? [];
    const value = /:\s+([\w-]*)$/.exec(before)?.[1];
    if (root === undefined || (value === undefined && lead + word !== before)) return null;
    if (value === undefined && word === '' && !context.explicit) return null;
    const from = context.pos - (value ?? word).length;
    const text = value === undefined ? `${lead}${TYPED}:` : before;
    const path = pathOf(context.state.doc, line.number, text);
    const options = value === undefined ? keysAt(root, path.slice(0, -1)) : valuesAt(root, path);
    return { from, options: options.map((one) => optionOf(one, value === undefined)), validFor: /^[\w-]*$/ };
  };
}

const optionOf = ({ label, description }: Suggestion, isKey: boolean) => ({
  label,
  type: isKey ? 'property' : 'constant',
  apply: isKey ? `${label}: ` : label,
  // Only what fits on a line; the rest is in the hover text.
  ...(description && { info: description }),
});

/** @param text in place of the line, without what is behind the cursor */
function pathOf(doc: Text, lineNumber: number, text: string): readonly Segment[] {
  const above = lineNumber === 1 ? '' : doc.sliceString(0, doc.line(lineNumber).from);
  const last = readPaths(above + text).at(-1);
  return last?.line === lineNumber - 1 ? last.path : [];
}

export function explainKeys(schema: () => Schema | undefined) {
  return hoverTooltip((view, pos): Tooltip | null => {
    const root = schema();
    const line = view.state.doc.lineAt(pos);
    const [, lead = '', name = ''] = /^(\s*(?:-\s+)*)([\w-]+)\s*:/.exec(line.text) ?? [];
    const from = line.from + lead.length;
    if (root === undefined || name === '' || pos < from || pos > from + name.length) return null;
    const text = describeAt(root, pathOf(view.state.doc, line.number, line.text));
    return text === '' ? null : { pos: from, end: from + name.length, create: () => ({ dom: note(text) }) };
  });
}

function note(text: string): HTMLElement {
  const element = document.createElement('div');
  element.className = 'note';
  element.textContent = text;
  return element;
}
