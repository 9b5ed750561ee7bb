/** A payload as it is shown: what is kept of it, and as text when it is one. */
import type { Payload } from '../api.ts';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @param kept nothing when payloads are not kept. */
export function payloadView(bytes: number, kept: Uint8Array | undefined): Payload {
  if (kept === undefined) return { bytes, kept: 0 };
  const text = textOf(kept, kept.byteLength < bytes);
  return {
    bytes,
    kept: kept.byteLength,
    base64: Buffer.from(kept.buffer, kept.byteOffset, kept.byteLength).toString('base64'),
    ...(text !== undefined && { text }),
  };
}

/** @param isCut whether the last character may be incomplete. */
function textOf(bytes: Uint8Array, isCut: boolean): string | undefined {
  for (let left = 0; left <= (isCut ? 3 : 0); left++) {
    try {
      return decoder.decode(bytes.subarray(0, bytes.byteLength - left));
    } catch {
      // A character may have up to four bytes.
    }
  }
  return undefined;
}
