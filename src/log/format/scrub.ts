/**
 * Takes out of a line what looks like a secret. Secrets are kept out of the log where lines are made; this is for
 * texts of libraries, which like to quote the address that they could not reach.
 *
 * Works on whole lines of JSON: none of the patterns goes over a quote, or ends within an escape.
 */

import { redactUrls, redactUrlsInJson } from '../../lib/redact-urls.ts';

const HIDDEN = '***';

/** `?token=...` of what is no whole URL. References such as `${clientid}` are no secrets. */
const parameter =
  /([?&](?:access_?token|token|api_?key|key|password|passwd|secret|sig|signature|auth)=)(?!\$\{)[^&\s"\\#]+/gi;

/** RFC 7515, section 7.1, and RFC 7516: base64url parts with dots between, of which the first begins with `{"`. */
const webToken = /\beyJ[\w-]{5,}(?:\.[\w-]*){2,4}/g;

/** RFC 9110, section 11.6.2. Shorter ones are words of a sentence. */
const credentials = /\b(Bearer|Basic)(\s+)[\w.~+/=-]{12,}/gi;

/** RFC 7468. The line feeds of a key are escaped in a line of JSON. */
const privateKey = /-----BEGIN [A-Z ]*PRIVATE KEY-----(?:[^"\\]|\\.)*/g;

/** @returns the line, with `***` in the place of each secret. */
export function scrub(line: string): string {
  let text = line.startsWith('{') ? redactUrlsInJson(line) : redactUrls(line);
  if (text.includes('=')) text = text.replace(parameter, `$1${HIDDEN}`);
  if (text.includes('eyJ')) text = text.replace(webToken, '(a token)');
  if (credentials.test(text)) text = text.replace(credentials, `$1$2${HIDDEN}`);
  credentials.lastIndex = 0;
  if (text.includes('PRIVATE KEY-----')) text = text.replace(privateKey, '(a private key)');
  return text;
}
