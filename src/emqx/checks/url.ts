/** Checks whether brokers can use the URL, and whether it matches how this server listens. */

import { isIP } from 'node:net';
import { redactUrls } from '../../lib/redact-urls.ts';
import { removeBrackets } from '../../lib/url-host.ts';
import type { Check, Facts, Finding } from '../finding.ts';
import type { OwnFacts } from '../own-facts.ts';
import type { Server } from '../schemas.ts';

export const checkUrl: Check = (facts) => {
  const { server } = facts.broker;
  if (server === undefined) return [];
  const url =
    /^[a-z][a-z0-9+.-]*:\/\//i.test(server.url) && URL.canParse(server.url) ? new URL(server.url) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    return [badScheme(server)];
  return [
    ...checkPort(server, url, facts.own),
    ...checkTls(server, url, facts.own),
    ...checkLoopback(facts, url),
    ...checkPath(server, url),
  ];
};

function badScheme({ name, url }: Server): Finding {
  return {
    id: 'bad-scheme',
    severity: 'error',
    what: `the URL of ${name} is ${show(url)}; it must begin with http:// or https://`,
    why: 'brokers accept these two: http:// is HTTP/2 without TLS, https:// is HTTP/2 with TLS',
    fix: 'write http://HOST:PORT, or https://HOST:PORT when listen.tls is set',
  };
}

/** `new URL` drops the default port of the scheme, so look at the text to see whether a port was written. */
function hasPort(url: string): boolean {
  return /^[a-z]+:\/\/(?:[^/?#@]*@)?(?:\[[^\]]*\]|[^/?#:]*):\d+/i.test(url);
}

function checkPort({ name, url: text }: Server, url: URL, own: OwnFacts | undefined): Finding[] {
  if (!hasPort(text))
    return [
      {
        id: 'no-port',
        severity: 'error',
        what: `the URL of ${name} has no port: ${show(text)}`,
        why: 'brokers need one and do not default to 80 or 443',
        fix: `write ${url.protocol}//${url.hostname}:${own?.port ?? 9000}`,
      },
    ];
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
  if (own === undefined || own.port === 0 || own.port === port) return [];
  return [
    {
      id: 'other-port',
      severity: isLoopback(url) ? 'error' : 'note',
      what: `the broker calls port ${port}, but this server listens on ${own.port}`,
      why: 'this works only if something between them forwards the connections',
      fix: `change the URL of ${name}, or listen.port`,
    },
  ];
}

function checkTls({ name, ssl }: Server, url: URL, own: OwnFacts | undefined): Finding[] {
  const isTls = url.protocol === 'https:';
  const found: Finding[] = [];
  if (own !== undefined && own.isTls !== isTls)
    found.push({
      id: 'wrong-scheme',
      severity: 'error',
      what: `the URL of ${name} is ${url.protocol}//, but this server listens ${own.isTls ? 'with' : 'without'} TLS`,
      why: 'the connection is made, but every call fails',
      fix: own.isTls
        ? 'write https:// in the URL, or remove listen.tls'
        : 'write http:// in the URL, or set listen.tls; ignore this if a proxy in between terminates TLS',
    });
  if (isTls && ssl?.enable === false)
    found.push({
      id: 'ssl-off',
      severity: 'warning',
      what: `the URL of ${name} is https://, but its ssl.enable is false`,
      why: 'the broker uses TLS but none of the certificates in ssl: it neither verifies this server nor presents a certificate',
      fix: 'set ssl.enable = true, with verify, cacertfile, certfile and keyfile',
    });
  if (isTls && ssl?.enable !== false && ssl?.verify !== 'verify_peer')
    found.push({
      id: 'unverified',
      severity: 'warning',
      what: `the broker does not verify the certificate behind the URL of ${name}`,
      why: 'anyone who answers at that address decides about logins and receives passwords',
      fix: 'set ssl.verify = verify_peer, ssl.cacertfile and ssl.server_name_indication',
    });
  return found;
}

function checkLoopback({ broker }: Facts, url: URL): Finding[] {
  if (!isLoopback(url) || broker.nodes.length < 2) return [];
  return [
    {
      id: 'loopback',
      severity: 'warning',
      what: `the URL names ${url.hostname}, but the cluster has ${broker.nodes.length} nodes`,
      why: 'each node resolves this to itself: this server must run beside every node',
      fix: 'use a host that all nodes can reach, unless this is intended',
    },
  ];
}

function checkPath({ name }: Server, { pathname, search }: URL): Finding[] {
  if (pathname === '/' && search === '') return [];
  return [
    {
      id: 'ignored-path',
      severity: 'note',
      what: `the URL of ${name} has a path`,
      why: 'brokers ignore it',
      fix: 'remove it from the URL',
    },
  ];
}

function isLoopback({ hostname }: URL): boolean {
  const host = removeBrackets(hostname);
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/** Hides the credentials of a URL. URLs of ExHook servers do not need any. */
function show(url: string): string {
  return redactUrls(url).slice(0, 200);
}
