/** undici refuses these, as they are for one connection and its own to write. */
const own = /^(transfer-encoding|content-length|keep-alive|upgrade|expect)$/i;

/** The headers that are sent: a configuration may name one that only a client can write, which then has no effect. */
export function writeHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !own.test(name)));
}
