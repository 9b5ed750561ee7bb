import * as z from 'zod';
import { expects, section, text } from '../../lib/schema/builders.ts';

const file = (example: string) => text('a path', `a path such as ${example}`);

const names = z
  .array(text('a name', 'a common name or alternative name of a certificate'), {
    error: expects('a list', 'names, each behind a "-"'),
  })
  .min(1, { error: 'is empty, which would refuse every broker; list a name, or remove it' });

export const Tls = section(() => ({
  cert: file('./tls/server.pem').describe(
    'The certificate chain of this server, a PEM file. Read again when it changes; relative to the configuration file. There is no default.',
  ),
  key: file('./tls/server.key').describe(
    'The private key of that certificate, a PEM file. There is no default.',
  ),
  clientCa: file('./tls/brokers-ca.pem')
    .optional()
    .describe(
      'Certificates, in a PEM file, that sign those of brokers. When given, a broker without a valid certificate gets no further than the handshake: EMQX can send no token, so that this is how it is recognised. When absent, no certificate is asked for.',
    ),
  clientNames: names
    .optional()
    .describe(
      "Names of which a broker's certificate must have one, as subject common name or subject alternative name. Needs clientCa. When absent, every certificate that clientCa signed will do.",
    ),
})).refine(({ clientCa, clientNames }) => clientNames === undefined || clientCa !== undefined, {
  path: ['clientNames'],
  error:
    'is of no use without clientCa: a name counts only in a certificate that was checked; write clientCa',
});
