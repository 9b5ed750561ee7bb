import type * as z from 'zod';
import { section, text, whenValid, wholeNumber, yesOrNo } from '../../lib/schema/builders.ts';
import { secret } from '../../lib/schema/secret.ts';
import { size } from '../../lib/schema/units.ts';

/** Addresses that are reachable only from this machine. */
const loopback = /^(localhost|::1|127(\.\d{1,3}){3})$/;

export const Inspector = section(() => ({
  port: wholeNumber('a port', 0, 65_535).describe(
    'The port of the inspector, a page that shows each call and the reason for its result; 0 takes any free one. There is no default.',
  ),
  host: text('an address', 'an address of this machine, or 0.0.0.0 for all')
    .prefault('127.0.0.1')
    .describe(
      'The address to listen on. The default is reachable only from this machine; any other address needs a token.',
    ),
  token: secret('a token')
    .optional()
    .describe(
      'The token that the page sends as "Authorization: Bearer TOKEN", at least 16 characters: { env: NAME } or { file: PATH }, or the text itself. When absent, one is made at each start and shown on the terminal; a server without a terminal needs one.',
    ),
  payloads: yesOrNo()
    .prefault(false)
    .describe(
      'Whether the first 64 KiB of payloads are kept and shown. The default is false, because anyone with the token could read what clients publish.',
    ),
  calls: wholeNumber('a number of calls', 1, 100_000)
    .prefault(2000)
    .describe(
      'The most calls that are kept; the oldest is evicted. The default covers the last seconds of a busy broker.',
    ),
  bytes: size({ min: 1024 * 1024, max: 1024 ** 3, reads: 'from 1MiB to 1GiB' })
    .prefault('32MiB')
    .describe(
      'The approximate memory limit for these calls; the oldest is evicted. The default, 32MiB, comes on top of the usual memory of the process.',
    ),
})).refine(({ host, token }) => token !== undefined || loopback.test(host), {
  when: whenValid,
  path: ['token'],
  error: 'is missing, but other machines can reach this host; write { env: NAME } or { file: PATH }',
});

export type Inspector = z.output<typeof Inspector>;
