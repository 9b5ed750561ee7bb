/** What the first bytes of a connection say it speaks. */
export type Spoken = 'http2' | 'http1' | 'tls' | 'more';

/** Begins the preface of HTTP/2, and no method of HTTP/1. [RFC 9113, section 3.4] */
const PREFACE = 'PRI';
/** First byte of a TLS handshake record. [RFC 8446, section 5.1] */
const TLS_HANDSHAKE = 0x16;

/** `more` when the bytes do not tell yet. */
export function sniff(bytes: Uint8Array): Spoken {
  if (bytes[0] === TLS_HANDSHAKE) return 'tls';
  for (let i = 0; i < PREFACE.length; i++) {
    if (i === bytes.length) return 'more';
    if (bytes[i] !== PREFACE.charCodeAt(i)) return 'http1';
  }
  return 'http2';
}
