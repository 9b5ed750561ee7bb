import * as z from 'zod';
import { expects, section, text } from '../../lib/schema/builders.ts';

const file = (example: string) => text('a path', `a path such as ${example}`);

const names = z
  .array(text('a name', 'a common name or alternative name of a certificate'), {
    error: expects('a list', 'names, each after a "-"'),
  })
  .min(1, { error: 'is empty, which would refuse every broker; list a name, or remove it' });

export const Tls = section(() => ({
  cert: file('./tls/server.pem').describe(
    'The certificate chain of this server, a PEM file. Relative to the configuration file; reloaded when it changes. There is no default.',
  ),
  key: file('./tls/server.key').describe(
    'The private key of that certificate, a PEM file. There is no default.',
  ),
  clientCa: file('./tls/brokers-ca.pem')
    .optional()
    .describe(
      'The certificate authorities of brokers, a PEM file. When set, the handshake fails for a broker without a valid certificate: EMQX cannot send a token, so this is how to authenticate it. When absent, no certificate is requested.',
    ),
  clientNames: names
    .optional()
    .describe(
      'Allowed names of brokers: a certificate must have one of them as subject common name or subject alternative name. Needs clientCa. When absent, every certificate signed by clientCa is accepted.',
    ),
})).refine(({ clientCa, clientNames }) => clientNames === undefined || clientCa !== undefined, {
  path: ['clientNames'],
  error: 'has no effect without clientCa: a name counts only in a verified certificate; write clientCa',
});
