import { section, text, wholeNumber, yesOrNo } from '../expects.ts';
import { Tls } from './tls.ts';

export const Listen = section(() => ({
  host: text('an address', 'an address of this machine, or 0.0.0.0 for all')
    .prefault('0.0.0.0')
    .describe(
      'The address to listen on. The default is every IPv4 address, as containers need it; write "::" for IPv6 as well.',
    ),
  port: wholeNumber('a port', 0, 65_535)
    .prefault(9000)
    .describe(
      "The port to listen on; 0 takes any free one. The default is that of EMQX's own ExHook examples.",
    ),
  connect: yesOrNo()
    .prefault(true)
    .describe(
      'Whether gRPC-Web and Connect (JSON, for curl and browsers) are served besides gRPC and health checks. Brokers need neither: write false to close them. On by default, so that curl works at once.',
    ),
  tls: Tls.optional().describe(
    'TLS 1.2 and later, for brokers whose URL begins with https://. When absent, the port speaks cleartext.',
  ),
}));
