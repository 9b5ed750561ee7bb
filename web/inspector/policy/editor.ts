/** CodeMirror with YAML. It lives in a shadow tree: its styles are sheets there, which the page's policy allows. */
import { autocompletion, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { type Diagnostic, lintKeymap, setDiagnostics } from '@codemirror/lint';
import { EditorState, type Text } from '@codemirror/state';
import { EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import type { PolicyProblem } from '../../../src/inspector/api.ts';
import { complete, explainKeys } from './assist.ts';
import type { Schema } from './schema.ts';
import { editorTheme } from './theme.ts';
import { findLine } from './yaml-path.ts';

export interface Editor {
  setText(text: string): void;
  showProblems(problems: readonly PolicyProblem[]): void;
  /** @param path of the configuration, such as `authorize.rules[2]` */
  goTo(path: string): void;
  /** @param line from 1 */
  goToLine(line: number): void;
  close(): void;
}

interface EditorOptions {
  readonly place: HTMLElement;
  readonly text: string;
  schema(): Schema | undefined;
  onChange(text: string): void;
}

export function openEditor({ place, text, schema, onChange }: EditorOptions): Editor {
  const root = place.shadowRoot ?? place.attachShadow({ mode: 'open' });
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(),
        history(),
        highlightActiveLine(),
        EditorView.lineWrapping,
        yaml(),
        autocompletion({ override: [complete(schema)] }),
        explainKeys(schema),
        // Tab leaves the editor: those who have no mouse must get out.
        keymap.of([...completionKeymap, ...lintKeymap, ...historyKeymap, ...defaultKeymap]),
        EditorView.contentAttributes.of({ 'aria-label': 'Policy, as YAML' }),
        EditorView.updateListener.of(({ docChanged, state }) => {
          if (docChanged) onChange(state.doc.toString());
        }),
        replaceByEditor,
        editorTheme,
      ],
    }),
  });
  const goToLine = (line: number) => {
    const { from } = view.state.doc.line(Math.min(Math.max(1, line), view.state.doc.lines));
    view.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: 'center' }) });
    view.focus();
  };
  return {
    setText: (next) => {
      // What was typed here comes back: replacing it would move the cursor.
      if (next === view.state.doc.toString()) return;
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: next } });
    },
    showProblems: (problems) =>
      view.dispatch(
        setDiagnostics(
          view.state,
          problems.map((problem) => diagnosticOf(view.state.doc, problem)),
        ),
      ),
    goTo: (path) => {
      const line = findLine(view.state.doc.toString(), path);
      if (line !== undefined) goToLine(line + 1);
    },
    goToLine,
    close: () => view.destroy(),
  };
}

/**
 * Text over a selection of several lines: left to the browser, it would carry styles of one line to the other as style
 * attributes, which the page's policy forbids.
 */
const replaceByEditor = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { inputType, data, isComposing } = event;
    if (inputType !== 'insertText' || data === null || isComposing) return false;
    if (view.state.selection.ranges.every(({ empty }) => empty)) return false;
    event.preventDefault();
    view.dispatch(view.state.replaceSelection(data), { userEvent: 'input.type' });
    return true;
  },
});

/** Where the problem says, or else at the key that it names. */
function diagnosticOf(doc: Text, { line, column = 1, message, path }: PolicyProblem): Diagnostic {
  const at = line ?? (findLine(doc.toString(), path) ?? 0) + 1;
  const { from, to } = doc.line(Math.min(Math.max(1, at), doc.lines));
  const start = Math.min(from + column - 1, to);
  const text = path === '' ? message : `${path}: ${message}`;
  return { from: start, to: Math.max(start, to), severity: 'error', message: text };
}
