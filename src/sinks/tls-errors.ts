/** Explains TLS errors, and what to do about them. */

const sentences: readonly (readonly [RegExp, string])[] = [
  [/altnames/, 'the certificate of the server has another name: see tls.serverName'],
  [
    /certificate (has expired|is not yet valid)/,
    'the certificate of the server has expired, or is not valid yet',
  ],
  [
    /self[- ]signed certificate|unable to (get .*issuer|verify the first) certificate/,
    'the certificate of the server is not signed by a trusted authority: see tls.ca',
  ],
  [
    /alert (certificate required|bad certificate|unsupported certificate|certificate (expired|unknown|revoked)|unknown ca|handshake failure)/,
    'the server demands a certificate, or does not accept the one presented: see tls.cert and tls.key',
  ],
  [
    /wrong version number|packet length too long|does not support SSL/,
    'the server does not speak TLS on this port: see port and tls',
  ],
  [/alert protocol version|unsupported protocol/, 'the server does not speak TLS 1.2 or later'],
];

/** Returns a sentence for the log, if the text of an error is about TLS. */
export function tlsSentenceOf(message: string): string | undefined {
  return sentences.find(([pattern]) => pattern.test(message))?.[1];
}
