/** Detects the protocol of a connection by its first bytes. */
export type Spoken = 'http2' | 'http1' | 'tls' | 'more';

/** First bytes of the HTTP/2 preface, which is not an HTTP/1 method. [RFC 9113, section 3.4] */
const PREFACE = 'PRI';
/** First byte of a TLS handshake record. [RFC 8446, section 5.1] */
const TLS_HANDSHAKE = 0x16;

/** Returns `more` if the bytes do not tell yet. */
export function sniff(bytes: Uint8Array): Spoken {
  if (bytes[0] === TLS_HANDSHAKE) return 'tls';
  for (let i = 0; i < PREFACE.length; i++) {
    if (i === bytes.length) return 'more';
    if (bytes[i] !== PREFACE.charCodeAt(i)) return 'http1';
  }
  return 'http2';
}
