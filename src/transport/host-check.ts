/**
 * Checks that a request used a host name of this server. A web page can make its own host name resolve to an address of
 * this network (DNS rebinding). Its scripts then call this server as same-origin, and only the Host header reveals it.
 */

import { isIP } from 'node:net';
import { removeBrackets } from '../lib/url-host.ts';
import { isGrpcType } from './grpc-type.ts';

/** Error texts, for the caller and the log. @param key the configuration key that lists names. */
export function explainHost(problem: HostProblem, key: string): string {
  return problem === 'host'
    ? `a request used a host name that is not in ${key}: if the name belongs to this server, add it there; else use the IP address`
    : `a web page of another host sent a request: if that is allowed, add its host to ${key}`;
}

/** The parts of a request that are checked. */
export interface HostedRequest {
  readonly method?: string | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly httpVersionMajor: number;
}

/** Returns what is wrong with a request: its host name, or the page that sent it. */
export type HostProblem = 'host' | 'origin';

export type HostCheck = (request: HostedRequest) => HostProblem | undefined;

/**
 * Creates the check. IP addresses and the names of this machine are always allowed: nobody can make them resolve
 * elsewhere.
 *
 * @param host the address or name to listen on.
 * @param listed further names; `*.example.com` matches all names below it, `*` every name. Pages from these
 *   hosts may call this server.
 */
export function createHostCheck(host: string, listed: readonly string[]): HostCheck {
  const isListed = matcherOf(listed);
  const listened = normalize(host);
  return ({ method, headers, httpVersionMajor }) => {
    // Brokers send whatever host their configuration names, and browsers cannot send gRPC over HTTP/2 without a
    // certificate.
    if (httpVersionMajor >= 2 && isGrpc(headers['content-type'])) return undefined;
    const asked = textOf(headers[':authority'] ?? headers.host);
    // Every browser sends one of these.
    const name = asked === undefined ? undefined : hostnameOf(asked);
    const isOurs = name !== undefined && (isOwn(name) || name === listened || isListed(name));
    if (asked !== undefined && !isOurs) return 'host';
    const isRead = method === 'GET' || method === 'HEAD';
    return isRead || isSameOrigin(textOf(headers.origin), asked, isListed) ? undefined : 'origin';
  };
}

/** Refuses pages of other hosts, even on this machine. */
function isSameOrigin(
  origin: string | undefined,
  host: string | undefined,
  isListed: (name: string) => boolean,
): boolean {
  if (origin === undefined) return true;
  const url = URL.canParse(origin) ? new URL(origin) : undefined;
  if (url === undefined || url.hostname === '') return false;
  return hostOf(url.host) === (host && hostOf(host)) || isListed(nameOf(url));
}

function isGrpc(contentType: string | string[] | undefined): boolean {
  return isGrpcType(textOf(contentType) ?? '');
}

/** Loopback names (RFC 6761 section 6.3) and IP addresses. */
function isOwn(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost') || isIP(name) !== 0;
}

function matcherOf(names: readonly string[]): (name: string) => boolean {
  const exact = new Set(names.map(normalize));
  const ends = names.filter((name) => name.startsWith('*.')).map((name) => normalize(name).slice(1));
  return (name) => exact.has('*') || exact.has(name) || ends.some((end) => name.endsWith(end));
}

/** Returns the host in lower case without the port; undefined if it is not a host. */
function hostnameOf(host: string): string | undefined {
  const url = parseHost(host);
  return url === undefined ? undefined : nameOf(url);
}

const hostOf = (host: string): string | undefined => parseHost(host)?.host;

function parseHost(host: string): URL | undefined {
  if (/[/?#@\\\s]/.test(host) || !URL.canParse(`http://${host}`)) return undefined;
  return new URL(`http://${host}`);
}

function nameOf({ hostname }: URL): string {
  return normalize(hostname);
}

function normalize(name: string): string {
  return removeBrackets(name).replace(/\.$/, '').toLowerCase();
}

function textOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
