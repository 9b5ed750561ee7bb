/**
 * Whether a request came by a name that is ours. A web page can make the name of its own host resolve to an address of
 * this network (DNS rebinding); its scripts then call this server as their own, and only the Host header tells.
 */

import { isIP } from 'node:net';
import { removeBrackets } from '../lib/url-host.ts';
import { isGrpcType } from './grpc-type.ts';

/** In words, for the caller and for the log. @param key of the configuration that lists names. */
export function explainHost(problem: HostProblem, key: string): string {
  return problem === 'host'
    ? `a request came by a host name that is not in ${key}: list it there if it is one of this server, or use its IP address`
    : `a web page of another host made a request: list that host in ${key} if it may`;
}

/** The part of a request that is looked at. */
export interface HostedRequest {
  readonly method?: string | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly httpVersionMajor: number;
}

/** What is wrong with a request: the name it came by, or the page that made it. */
export type HostProblem = 'host' | 'origin';

export type HostCheck = (request: HostedRequest) => HostProblem | undefined;

/**
 * IP addresses and the names of this machine are always ours: nobody can make them lead elsewhere.
 *
 * @param host the address or name that is listened on.
 * @param listed further names, of which `*.example.com` stands for all below one and `*` for every name. Pages of theirs
 *   may call this server.
 */
export function createHostCheck(host: string, listed: readonly string[]): HostCheck {
  const isListed = matcherOf(listed);
  const listened = normalize(host);
  return ({ method, headers, httpVersionMajor }) => {
    // Brokers name whatever their configuration does, and browsers cannot send gRPC over HTTP/2 without a certificate.
    if (httpVersionMajor >= 2 && isGrpc(headers['content-type'])) return undefined;
    const asked = textOf(headers[':authority'] ?? headers.host);
    // Every browser sends one.
    const name = asked === undefined ? undefined : hostnameOf(asked);
    const isOurs = name !== undefined && (isOwn(name) || name === listened || isListed(name));
    if (asked !== undefined && !isOurs) return 'host';
    const isRead = method === 'GET' || method === 'HEAD';
    return isRead || isSameOrigin(textOf(headers.origin), asked, isListed) ? undefined : 'origin';
  };
}

/** A page of another host has no business here, were it on this machine. */
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

/** Names of the loopback interface (RFC 6761 section 6.3), and addresses. */
function isOwn(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost') || isIP(name) !== 0;
}

function matcherOf(names: readonly string[]): (name: string) => boolean {
  const exact = new Set(names.map(normalize));
  const ends = names.filter((name) => name.startsWith('*.')).map((name) => normalize(name).slice(1));
  return (name) => exact.has('*') || exact.has(name) || ends.some((end) => name.endsWith(end));
}

/** Without the port, in small letters; nothing when it is no host. */
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
