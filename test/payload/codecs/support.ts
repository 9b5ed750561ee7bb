/** Helpers of the tests of codecs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type ByteCodec,
  CodecError,
  type CodecLimits,
  type CodecName,
  type CodecSpec,
  defaultLimits,
  openCodec,
  type Value,
  type ValueCodec,
} from '../../../src/payload/codecs/codec.ts';
import { root } from '../../support/source.ts';

export const fixture = (name: string) => join(root, 'test/fixtures/codecs', name);

export const bytesOf = (hex: string) => new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
export const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
export const textBytes = (text: string) => new TextEncoder().encode(text);
export const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

export async function openValueCodec(
  spec: CodecSpec,
  limits: Partial<CodecLimits> = {},
): Promise<ValueCodec> {
  const codec = await openCodec(spec, { ...defaultLimits, ...limits });
  if (codec.kind !== 'value') throw new TypeError('not a codec of values');
  return codec;
}

export async function openByteCodec(spec: CodecName, limits: Partial<CodecLimits> = {}): Promise<ByteCodec> {
  const codec = await openCodec(spec, { ...defaultLimits, ...limits });
  if (codec.kind !== 'bytes') throw new TypeError('not a codec of bytes');
  return codec;
}

/** The error of a payload: `too_deep: nests deeper than 64 levels`. Any other error is rethrown. */
export function problemOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof CodecError) return `${error.reason}: ${error.message}`;
    throw error;
  }
  return 'none';
}

export interface Peer {
  readonly codec: string;
  readonly name: string;
  readonly madeWith: string;
  readonly hex: string;
  readonly value: Value;
}

/** The payloads that other implementations made: see make.py beside them. */
export const peers: readonly Peer[] = JSON.parse(readFileSync(fixture('peers.json'), 'utf8')).map(
  (peer: Peer) => ({ ...peer, value: untag(peer.value) }),
);

/** The value that make.py wrote as JSON. */
function untag(value: unknown): Value {
  if (Array.isArray(value)) return value.map(untag);
  if (typeof value !== 'object' || value === null) return value as Value;
  const [[tag, content] = ['', undefined], ...others] = Object.entries(value);
  if (others.length === 0 && typeof content === 'string') {
    if (tag === '$bytes') return bytesOf(content);
    if (tag === '$integer') return BigInt(content);
    if (tag === '$number') return Number(content);
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, untag(item)]));
}

/** So many times the text: for what nests. */
export const nested = (open: string, close: string, depth: number, inside = '') =>
  open.repeat(depth) + inside + close.repeat(depth);
