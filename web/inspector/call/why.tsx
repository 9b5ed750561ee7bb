/** Why: one sentence, then what nearly matched, then every method and rule in order. */
import type { Why, WhyStep } from '../../../src/inspector/api.ts';
import { describePlace } from '../api/client.ts';
import { go } from '../frame/route.ts';
import { copy } from '../ui/announce.tsx';
import { counted } from '../ui/format.ts';
import { Json } from '../ui/json.tsx';
import { Text } from '../ui/text.tsx';
import { toneOf, wordOf } from '../ui/verdict.ts';

interface WhyPanelProps {
  readonly seq?: number;
  readonly why: Why | undefined;
  readonly problem?: string | undefined;
}

export function WhyPanel({ why, problem }: WhyPanelProps) {
  if (problem !== undefined)
    return (
      <p class="notice warn" role="alert">
        {problem}
      </p>
    );
  if (why === undefined) return <p class="dim">Loading …</p>;
  return (
    <div class="why">
      <p class={`sentence ${toneOf(why.verdict)}`}>
        <Text whole>{why.sentence}</Text>
      </p>
      <Revision why={why} />
      {why.near.length === 0 ? null : (
        <section>
          <h3>Came close</h3>
          <ol class="near">
            {why.near.map((step) => (
              <Near step={step} key={step.kind + step.label} />
            ))}
          </ol>
        </section>
      )}
      {why.steps.length === 0 ? null : <Steps steps={why.steps} />}
      {why.notes.length === 0 ? null : (
        <ul class="notes dim">
          {why.notes.map((note) => (
            <li key={note}>
              <Text whole>{note}</Text>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** After a reload other policies explain than those that decided. */
function Revision({ why: { revision, now } }: { readonly why: Why }) {
  if (revision.decided === revision.now && now === undefined) return null;
  return (
    <p class="notice warn">
      Decided by revision <code>{revision.decided ?? 'none'}</code>; now in force is{' '}
      <code>{revision.now ?? 'none'}</code>
      {now === undefined ? (
        ', which would decide the same.'
      ) : (
        <>
          , which would answer <strong>{wordOf(now.verdict)}</strong> by <Text>{now.by}</Text>.
        </>
      )}
    </p>
  );
}

function Near({ step }: { readonly step: WhyStep }) {
  return (
    <li>
      <StepHead step={step} />
      {textsOf(step).map((text) => (
        <p key={text}>
          <Text whole>{text}</Text>
        </p>
      ))}
      <Written step={step} />
    </li>
  );
}

function Steps({ steps }: { readonly steps: readonly WhyStep[] }) {
  const skipped = steps.filter(({ outcome }) => outcome === 'not asked');
  const asked = steps.filter(({ outcome }) => outcome !== 'not asked');
  return (
    <section>
      <h3>Every step, in order</h3>
      <ol class="steps">
        {asked.map((step, i) => (
          <Step step={step} key={`${step.kind}${step.label}${i}`} />
        ))}
      </ol>
      {skipped.length === 0 ? null : (
        <details>
          <summary class="dim">{counted(skipped.length, 'more step')}, not asked</summary>
          <ol class="steps">
            {skipped.map((step, i) => (
              <Step step={step} key={`${step.kind}${step.label}${i}`} />
            ))}
          </ol>
        </details>
      )}
    </section>
  );
}

const outcomes: Readonly<Record<WhyStep['outcome'], string>> = {
  hit: 'decided',
  miss: 'no match',
  'not asked': 'not asked',
  unknown: 'unknown',
};

function Step({ step }: { readonly step: WhyStep }) {
  return (
    <li class={`step ${step.outcome.replace(' ', '-')}`}>
      <StepHead step={step} />
      {textsOf(step).map((text) => (
        <p class={step.outcome === 'hit' ? '' : 'dim'} key={text}>
          <Text whole>{text}</Text>
        </p>
      ))}
      <Written step={step} />
    </li>
  );
}

function StepHead({ step }: { readonly step: WhyStep }) {
  return (
    <div class="step-head">
      <strong>
        <Text>{step.label}</Text>
      </strong>
      {step.kind === step.label ? null : <span class="dim">{step.kind}</span>}
      <span class={step.outcome === 'hit' ? 'outcome hit' : 'outcome dim'}>{outcomes[step.outcome]}</span>
      <Place step={step} />
    </div>
  );
}

/** Where it is written: a click leads there in Policy, or copies a place in a file for an editor. */
function Place({ step: { place } }: { readonly step: WhyStep }) {
  const text = describePlace(place);
  if (text === '') return null;
  const { file, path } = place ?? {};
  // The folder matters to an editor only.
  const short = describePlace({ ...place, file: file?.slice(file.lastIndexOf('/') + 1) });
  return (
    <span class="row-of push">
      {file === undefined ? null : (
        <button
          type="button"
          class="place mono"
          title={`Copy ${text}`}
          onClick={() => void copy(text, 'place of this rule')}
        >
          {short}
        </button>
      )}
      {path === undefined ? null : (
        <button
          type="button"
          class="place"
          title={`Open ${path} in Policy`}
          onClick={() => go({ view: 'policy', at: path, call: undefined, tab: undefined })}
        >
          Policy
        </button>
      )}
    </span>
  );
}

/** What it did, or where it missed; the misses say more than the texts where both are there. */
const textsOf = ({ texts, misses }: WhyStep): readonly string[] =>
  texts.length > 0 ? texts : misses.map(({ message }) => message);

function Written({ step: { rule } }: { readonly step: WhyStep }) {
  if (rule === undefined) return null;
  return (
    <details>
      <summary class="dim">as it is written</summary>
      <Json value={rule} />
    </details>
  );
}
