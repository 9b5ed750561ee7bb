/** TLS towards the system behind a sink: the same for every kind. */
import * as z from 'zod';
import { expects, section, text, whenValid, yesOrNo } from '../lib/schema/builders.ts';
import { path } from '../lib/schema/files.ts';

const Files = section(() => ({
  ca: path('./tls/ca.pem')
    .optional()
    .describe(
      "CA certificates for the server's certificate, a PEM file relative to the configuration file. When absent, Node's own list.",
    ),
  cert: path('./tls/client.pem')
    .optional()
    .describe('The certificate chain to present to the server, a PEM file. When absent, none is presented.'),
  key: path('./tls/client.key')
    .optional()
    .describe('The private key of that certificate, a PEM file. When absent, there is none.'),
  serverName: text('a host name', 'a host name such as nats.example.com')
    .optional()
    .describe("The name that the server's certificate must have. When absent, the host of the connection."),
})).refine(({ cert, key }) => (cert === undefined) === (key === undefined), {
  when: whenValid,
  error: 'has one of cert and key; write both, or neither',
});

export const SinkTls = z
  .union([yesOrNo(), Files], {
    error: expects('a yes or no', 'true, false, or a section with ca:, cert:, key: or serverName:'),
  })
  .describe(
    "Whether to encrypt the connection, and with which certificates. The server's certificate is always checked. The default is false.",
  );
export type SinkTls = z.output<typeof SinkTls>;
