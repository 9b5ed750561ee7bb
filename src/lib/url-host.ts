/** Hosts as URLs write them: an IPv6 address is in brackets. [RFC 3986, section 3.2.2] */

/** Returns the host for a URL: `::1` becomes `[::1]`. */
export function addBrackets(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** Returns the host for a socket: `[::1]`, as in `URL.hostname`, becomes `::1`. */
export function removeBrackets(hostname: string): string {
  return hostname.startsWith('[') && hostname.endsWith(']') ? hostname.slice(1, -1) : hostname;
}
