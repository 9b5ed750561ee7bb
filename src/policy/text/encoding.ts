/**
 * Strict decoders. They return `undefined` for malformed input: a hash that decodes to fewer bytes than intended would
 * accept more passwords than intended.
 */

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
const HEX = /^(?:[0-9a-fA-F]{2})+$/;
const encoder = new TextEncoder();

/** RFC 4648 section 4, with or without padding. */
export function decodeBase64(text: string): Uint8Array | undefined {
  if (!BASE64.test(text)) return undefined;
  const digits = text.replace(/=+$/, '');
  const isPadded = digits.length !== text.length;
  if (digits.length % 4 === 1 || (isPadded && text.length % 4 !== 0)) return undefined;
  return Uint8Array.from(atob(digits), (char) => char.charCodeAt(0));
}

/** Pairs of hexadecimal digits of either case; at least one. */
export function decodeHex(text: string): Uint8Array | undefined {
  if (!HEX.test(text)) return undefined;
  return Uint8Array.from({ length: text.length / 2 }, (_, i) =>
    Number.parseInt(text.slice(2 * i, 2 * i + 2), 16),
  );
}

export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}
