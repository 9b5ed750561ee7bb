/** A payload as text, JSON, hex, or as the codec of the rule reads it. */
import { useSignal } from '@preact/signals';
import type { Payload } from '../../../src/inspector/api.ts';
import { bytes } from '../ui/format.ts';
import { Block } from '../ui/json.tsx';
import { hexDump } from './hex.ts';

interface Reading {
  readonly name: string;
  readonly text: string;
}

export function PayloadView({ payload }: { readonly payload: Payload }) {
  const readings = readPayload(payload);
  const chosen = useSignal<string | undefined>(undefined);
  if (payload.bytes === 0) return <p class="dim">Empty</p>;
  if (readings.length === 0)
    return (
      <p class="dim">
        {bytes(payload.bytes)}. Payloads are not kept: <code>inspector.payloads</code> switches them on.
      </p>
    );
  const reading = readings.find(({ name }) => name === chosen.value) ?? readings[0];
  return (
    <div class="payload">
      <div class="row-of">
        {readings.map(({ name }) => (
          <button
            type="button"
            class="chip"
            key={name}
            aria-pressed={name === reading?.name}
            onClick={() => {
              chosen.value = name;
            }}
          >
            {name}
          </button>
        ))}
        <span class="dim number push">
          {bytes(payload.bytes)}
          {payload.kept < payload.bytes ? `, the first ${bytes(payload.kept)} are kept` : ''}
        </span>
      </div>
      <Block>{reading?.text ?? ''}</Block>
    </div>
  );
}

/** The readings that fit, the one that says most first. */
export function readPayload({ base64, text, decoded }: Payload): readonly Reading[] {
  const json = text === undefined ? undefined : indent(text);
  return [
    ...(decoded === undefined
      ? []
      : [{ name: decoded.codec, text: JSON.stringify(decoded.value, undefined, 2) ?? '' }]),
    ...(json === undefined || decoded?.codec === 'json' ? [] : [{ name: 'JSON', text: json }]),
    ...(text === undefined ? [] : [{ name: 'Text', text }]),
    ...(base64 === undefined ? [] : [{ name: 'Hex', text: hexDump(base64) }]),
  ];
}

function indent(text: string): string | undefined {
  if (!/^\s*[[{"]/.test(text)) return undefined;
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return undefined;
  }
}
