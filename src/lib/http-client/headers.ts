/** undici rejects these: they belong to one connection, and only the client writes them. */
const own = /^(transfer-encoding|content-length|keep-alive|upgrade|expect)$/i;

/** Returns the headers to send. A configured header that only the client can write has no effect. */
export function writeHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !own.test(name)));
}
