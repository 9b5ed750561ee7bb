import * as z from 'zod';
import { expects, section, text, whenValid, yesOrNo } from '../../lib/schema/builders.ts';
import { secret } from '../../lib/schema/secret.ts';
import { hostNames } from './hosts.ts';

const MAX_PORT = 65_535;
const portError = expects('a port', `a whole number from 0 to ${MAX_PORT}, or shared`);

/** `shared`: the pages are on the brokers' port, for platforms with a single port. */
const Port = z.union(
  [
    z.int({ error: portError }).min(0, { error: portError }).max(MAX_PORT, { error: portError }),
    z.literal('shared'),
  ],
  { error: portError },
);

export const Admin = section(() => ({
  port: Port.describe(
    'The port of /metrics, /healthz, /readyz, /configz and /hooksz, over HTTP/1; 0 takes any free one. With shared, they are on the port of listen, over HTTP/1 and HTTP/2, for platforms with a single port; a token is then required. There is no default.',
  ),
  host: text('an address', 'an address of this machine, or 0.0.0.0 for all')
    .prefault('127.0.0.1')
    .describe(
      'The address to listen on. The default is reachable only from this machine; if Prometheus runs elsewhere, write 0.0.0.0 and set a token. Ignored with port: shared.',
    ),
  hosts: hostNames().describe(
    'Further host names that requests for pages may use, such as [exhook-edge, "*.svc"]; "*" is every name. Requests with other names are refused, because a web page can make its own name resolve to this server. Allowed by default: localhost, IP addresses and admin.host; with port: shared, also the names of listen. Requests with the token, /healthz and /readyz are never refused.',
  ),
  token: secret('a token')
    .optional()
    .describe(
      'The token that callers send as "Authorization: Bearer TOKEN": { env: NAME } or { file: PATH }, or the text itself. /healthz and /readyz need none. When absent, everyone who can reach the port can read all pages.',
    ),
  open: yesOrNo()
    .prefault(false)
    .describe(
      'Allows everyone who can reach the port to read all pages without a token. With port: shared, set either this or a token. The default is false.',
    ),
}))
  .refine(({ port, token, open }) => port !== 'shared' || open || token !== undefined, {
    when: whenValid,
    path: ['token'],
    error:
      'is missing, and everyone who can reach the port of brokers could read all pages (port: shared); write { env: NAME } or { file: PATH }, or open: true to allow that',
  })
  .refine(({ token, open }) => !open || token === undefined, {
    when: whenValid,
    path: ['open'],
    error: 'is true, but a token is set; remove one of the two',
  });

export type Admin = z.output<typeof Admin>;
