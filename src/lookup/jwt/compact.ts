/** Reads the compact form of a signed token (RFC 7515 section 7.1). */
import { Buffer } from 'node:buffer';
import type { TokenHeader } from './keys.ts';

/** Only the signature may be empty; it fails later. */
const COMPACT = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*$/;

/** The three parts of a token, as sent. */
export interface CompactToken {
  readonly header: string;
  readonly payload: string;
  readonly signature: string;
}

/** Returns nothing when it is not a token. */
export function splitToken(token: string): CompactToken | undefined {
  if (!COMPACT.test(token)) return undefined;
  const [header = '', payload = '', signature = ''] = token.split('.');
  return { header, payload, signature };
}

/** Returns the bytes that were signed. */
export function signingInput({ header, payload }: CompactToken): Uint8Array {
  return Buffer.from(`${header}.${payload}`, 'latin1');
}

export interface CheckedHeader extends TokenHeader {
  /** Whether the header demands unsupported extensions, or violates RFC 7515 section 4.1.11. */
  readonly isStrange: boolean;
  /** Whether the payload is not base64url (RFC 7797), which a JWT must not use. */
  readonly isUnencoded: boolean;
}

/** Returns nothing when the header is malformed. */
export function readHeader(part: string): CheckedHeader | undefined {
  const header = readObject(part)?.value;
  if (header === undefined) return undefined;
  const { alg, kid, crit, b64 } = header;
  if (typeof alg !== 'string' || !(kid === undefined || typeof kid === 'string')) return undefined;
  const isStrange = crit !== undefined && !(isKnown(crit) && typeof b64 === 'boolean');
  return {
    alg,
    isStrange,
    isUnencoded: crit !== undefined && b64 === false,
    ...(kid !== undefined && { kid }),
  };
}

function isKnown(crit: unknown): boolean {
  return Array.isArray(crit) && crit.length > 0 && crit.every((name) => name === 'b64');
}

/** Decodes a JSON object in base64url, and its text; nothing when it is not one. */
export function readObject(part: string): { text: string; value: Record<string, unknown> } | undefined {
  const bytes = decodeBase64Url(part);
  if (bytes === undefined) return undefined;
  try {
    const text = utf8.decode(bytes);
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    return { text, value: value as Record<string, unknown> };
  } catch {
    return undefined;
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** @param part in the base64url alphabet, without padding; returns nothing for an impossible length. */
export function decodeBase64Url(part: string): Uint8Array | undefined {
  return part.length % 4 === 1 ? undefined : Buffer.from(part, 'base64url');
}
