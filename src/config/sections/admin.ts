import type * as z from 'zod';
import { section, text, wholeNumber } from '../expects.ts';
import { secret } from './secret.ts';

export const Admin = section({
  port: wholeNumber('a port', 0, 65_535).describe(
    'The port of /metrics, /healthz, /readyz, /configz and /hooksz, over HTTP/1; 0 takes any free one. There is no default.',
  ),
  host: text('an address', 'an address of this machine, or 0.0.0.0 for all')
    .prefault('127.0.0.1')
    .describe(
      'The address to listen on. The default is reached from this machine only; where Prometheus runs elsewhere, write 0.0.0.0 and a token.',
    ),
  token: secret('a token')
    .optional()
    .describe(
      'What callers send as "Authorization: Bearer TOKEN": { env: NAME } or { file: PATH }, or the text itself. /healthz and /readyz need none. When absent, whoever reaches the port reads all pages.',
    ),
});

export type Admin = z.output<typeof Admin>;
