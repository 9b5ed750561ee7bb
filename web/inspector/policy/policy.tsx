/** Policy: what is in force, a draft of another, and what that would have decided otherwise. */
import { effect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { describePlace } from '../api/client.ts';
import { info } from '../api/info.ts';
import { amend, policyPath } from '../frame/route.ts';
import { counted } from '../ui/format.ts';
import { Problem } from '../ui/problem.tsx';
import { Text } from '../ui/text.tsx';
import { Comparison } from './comparison.tsx';
import {
  check,
  edit,
  inForce,
  isChanged,
  loadPolicy,
  problems,
  save,
  schemaNow,
  text,
  trouble,
  warnings,
} from './draft.ts';
import { type Editor, openEditor } from './editor.ts';
import { Run } from './run.tsx';

export function Policy() {
  const editor = useRef<Editor | undefined>(undefined);
  useEffect(() => {
    void loadPolicy();
  }, []);
  return (
    <div class="policy">
      <section class="draft" aria-label="Draft">
        <Head />
        {inForce.value === undefined ? null : <EditorPlace editor={editor} />}
        <Problems editor={editor} />
      </section>
      <section class="results" aria-label="What it would decide otherwise">
        <Run />
        <Problem>{trouble.value}</Problem>
        <Comparison />
      </section>
    </div>
  );
}

function Head() {
  const { file, revision } = inForce.value ?? {};
  return (
    <div class="row-of">
      <h2>{isChanged.value ? 'Draft' : 'Policy in force'}</h2>
      <span class="dim">
        <Text>{[file, revision && `revision ${revision}`].filter(Boolean).join(', ')}</Text>
      </span>
      <div class="row-of push">
        {isChanged.value ? (
          <button type="button" class="button" onClick={() => edit(inForce.value?.policy ?? '')}>
            Discard the draft
          </button>
        ) : null}
        {info.value?.capabilities.write === true ? (
          <button
            type="button"
            class="button main"
            disabled={!isChanged.value || problems.value.length > 0}
            onClick={() => void save()}
          >
            Save to the file
          </button>
        ) : null}
      </div>
      <p class="dim note">
        {info.value?.capabilities.write === true
          ? 'A draft is only tried. Saving writes the file, and exhook loads it.'
          : 'A draft is only tried: it never goes live from here.'}
      </p>
    </div>
  );
}

function EditorPlace({ editor }: { readonly editor: { current: Editor | undefined } }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (place.current === null) return;
    const made = openEditor({ place: place.current, text: text.peek(), schema: schemaNow, onChange: edit });
    editor.current = made;
    const ends = [
      effect(() => made.showProblems(problems.value)),
      // Discarded, or loaded again.
      effect(() => made.setText(text.value)),
    ];
    void check();
    if (policyPath.peek() !== '') made.goTo(policyPath.peek());
    amend({ at: undefined });
    return () => {
      for (const end of ends) end();
      made.close();
    };
  }, [editor]);
  return <div class="editor" ref={place} />;
}

function Problems({ editor }: { readonly editor: { current: Editor | undefined } }) {
  if (problems.value.length === 0 && warnings.value.length === 0)
    return <p class="dim">{isChanged.value ? 'No problem found.' : ''}</p>;
  return (
    <div role="status">
      <h3>{counted(problems.value.length, 'problem')}</h3>
      <ul class="problems">
        {problems.value.map((problem) => (
          <li key={`${problem.path} ${problem.message} ${problem.line}`}>
            <button
              type="button"
              class="place mono"
              onClick={() => {
                if (problem.line === undefined) editor.current?.goTo(problem.path);
                else editor.current?.goToLine(problem.line);
              }}
            >
              {describePlace({ line: problem.line, path: problem.path }) || 'line 1'}
            </button>{' '}
            <Text whole>{problem.message}</Text>
          </li>
        ))}
        {warnings.value.map((warning) => (
          <li class="dim" key={warning}>
            <Text whole>{warning}</Text>
          </li>
        ))}
      </ul>
    </div>
  );
}
