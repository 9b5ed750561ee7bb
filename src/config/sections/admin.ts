import * as z from 'zod';
import { expects, section, text, whenValid, yesOrNo } from '../../lib/schema/builders.ts';
import { secret } from '../../lib/schema/secret.ts';
import { hostNames } from './hosts.ts';

const MAX_PORT = 65_535;
const portError = expects('a port', `a whole number from 0 to ${MAX_PORT}, or shared`);

/** `shared`: the pages are on the port of brokers, for platforms that have one port only. */
const Port = z.union(
  [
    z.int({ error: portError }).min(0, { error: portError }).max(MAX_PORT, { error: portError }),
    z.literal('shared'),
  ],
  { error: portError },
);

export const Admin = section(() => ({
  port: Port.describe(
    'The port of /metrics, /healthz, /readyz, /configz and /hooksz, over HTTP/1; 0 takes any free one. With shared, they are on the port of listen, over HTTP/1 and HTTP/2, for platforms that offer one port only; then a token is needed. There is no default.',
  ),
  host: text('an address', 'an address of this machine, or 0.0.0.0 for all')
    .prefault('127.0.0.1')
    .describe(
      'The address to listen on. The default is reached from this machine only; where Prometheus runs elsewhere, write 0.0.0.0 and a token. With port: shared it means nothing.',
    ),
  hosts: hostNames().describe(
    'Further host names that requests for pages may come by, such as [exhook-edge, "*.svc"]; "*" is every name. A request by another one is refused, since a web page can make its own name lead here. By default: localhost, IP addresses and admin.host; with port: shared, what listen says too. Requests with the token, /healthz and /readyz are never refused.',
  ),
  token: secret('a token')
    .optional()
    .describe(
      'What callers send as "Authorization: Bearer TOKEN": { env: NAME } or { file: PATH }, or the text itself. /healthz and /readyz need none. When absent, whoever reaches the port reads all pages.',
    ),
  open: yesOrNo()
    .prefault(false)
    .describe(
      'Whether it is meant that whoever reaches the port reads all pages, without a token: with port: shared, one of the two must be there. The default is false.',
    ),
}))
  .refine(({ port, token, open }) => port !== 'shared' || open || token !== undefined, {
    when: whenValid,
    path: ['token'],
    error:
      'is missing, and whoever reaches the port of brokers would read all pages (port: shared); write { env: NAME } or { file: PATH }, or open: true if that is meant',
  })
  .refine(({ token, open }) => !open || token === undefined, {
    when: whenValid,
    path: ['open'],
    error: 'is true, but there is a token; remove one of the two',
  });

export type Admin = z.output<typeof Admin>;
