/** What was answered, what this broker does with it, and what a rewrite changed. */
import type { CallDetail, MessageView } from '../../../src/inspector/api.ts';
import { Text } from '../ui/text.tsx';
import { diffLines } from './diff.ts';
import { PayloadView, readPayload } from './payload.tsx';

export function Reply({ detail: { request, reply } }: { readonly detail: CallDetail }) {
  return (
    <div class="sections">
      <section>
        <p class="mono">
          <Text whole>{reply.text}</Text>
        </p>
        <p>
          <Text whole>{reply.effect}</Text>
        </p>
        {reply.status === 0 ? null : <p class="warn">gRPC status {reply.status}</p>}
      </section>
      {reply.message === undefined ? null : <Rewritten before={request.message} after={reply.message} />}
      {reply.hooks === undefined ? null : <Hooks hooks={reply.hooks} />}
    </div>
  );
}

interface RewrittenProps {
  readonly before: MessageView | undefined;
  readonly after: MessageView;
}

function Rewritten({ before, after }: RewrittenProps) {
  const [old, young] = [before && textOf(before), textOf(after)];
  return (
    <section>
      <h3>What the rewrite changed</h3>
      <dl class="facts">
        <Changed name="Topic" before={before?.topic ?? ''} after={after.topic} />
        <Changed name="QoS" before={String(before?.qos ?? '')} after={String(after.qos)} />
      </dl>
      {old === undefined || young === undefined ? (
        <PayloadView payload={after.payload} />
      ) : (
        <Difference before={old} after={young} />
      )}
    </section>
  );
}

function Changed({
  name,
  before,
  after,
}: {
  readonly name: string;
  readonly before: string;
  readonly after: string;
}) {
  return (
    <>
      <dt>{name}</dt>
      <dd class="mono">
        {before === after ? (
          <Text>{after}</Text>
        ) : (
          <>
            <del>
              <Text>{before}</Text>
            </del>{' '}
            <ins>
              <Text>{after}</Text>
            </ins>
          </>
        )}
      </dd>
    </>
  );
}

/** The most telling reading of the payload; nothing when only bytes are there. */
function textOf({ payload }: MessageView): string | undefined {
  if (payload.bytes === 0) return '';
  return readPayload(payload)[0]?.text;
}

function Difference({ before, after }: { readonly before: string; readonly after: string }) {
  if (before === after) return <p class="dim">The payload is the same.</p>;
  const lines = diffLines(before, after);
  const side = (hidden: 'gone' | 'new') => lines.filter(({ kind }) => kind !== hidden);
  return (
    <div class="sides">
      <Side title="As it came" lines={side('new')} />
      <Side title="As it goes on" lines={side('gone')} />
    </div>
  );
}

function Side({ title, lines }: { readonly title: string; readonly lines: ReturnType<typeof diffLines> }) {
  return (
    <figure>
      <figcaption class="dim">{title}</figcaption>
      <pre class="block" tabIndex={0}>
        {lines.map(({ kind, text }, i) => (
          <span class={`line ${kind}`} key={i}>
            <Text whole>{text === '' ? ' ' : text}</Text>
          </span>
        ))}
      </pre>
    </figure>
  );
}

function Hooks({ hooks }: { readonly hooks: NonNullable<CallDetail['reply']['hooks']> }) {
  return (
    <section>
      <h3>Hooks that the broker shall call</h3>
      <dl class="facts">
        {hooks.map(({ name, topics }) => (
          <>
            <dt class="mono">{name}</dt>
            <dd class="mono">{topics.length === 0 ? '' : topics.join(', ')}</dd>
          </>
        ))}
      </dl>
    </section>
  );
}
