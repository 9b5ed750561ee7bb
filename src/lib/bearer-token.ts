import { createHash, timingSafeEqual } from 'node:crypto';

/** Whether an `Authorization` header has the token. Takes the same time for every wrong one. */
export function carriesToken(header: string | undefined, token: string): boolean {
  const [, given] = /^Bearer +(\S+) *$/i.exec(header ?? '') ?? [];
  // Digests have a fixed length, so the timing does not reveal the token's length either.
  return timingSafeEqual(digest(given ?? ''), digest(token)) && given !== undefined;
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
