import { createHash, timingSafeEqual } from 'node:crypto';

/** Whether an `Authorization` header carries the token. It takes the same time for every wrong one. */
export function carriesToken(header: string | undefined, token: string): boolean {
  const [, given] = /^Bearer +(\S+) *$/i.exec(header ?? '') ?? [];
  // Digests have one length, so that the length of the token cannot be told either.
  return timingSafeEqual(digest(given ?? ''), digest(token)) && given !== undefined;
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
