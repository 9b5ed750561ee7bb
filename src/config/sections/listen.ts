import { choice, section, text, wholeNumber, yesOrNo } from '../../lib/schema/builders.ts';
import { hostNames } from './hosts.ts';
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
      "The port to listen on; 0 takes any free one. The default is the port of EMQX's own ExHook examples.",
    ),
  connect: yesOrNo()
    .prefault(true)
    .describe(
      'Whether gRPC-Web and Connect (JSON, for curl and browsers) are served besides gRPC and health checks. Brokers need neither: write false to disable them. On by default, because curl then works at once.',
    ),
  hosts: hostNames().describe(
    'Further host names that requests other than gRPC may use, such as [exhook.example.com, "*.internal"]; "*" is every name. Requests with other names are refused, because a web page can make its own name resolve to this server. Allowed by default: localhost, IP addresses and listen.host. gRPC, /healthz and /readyz are never refused. A web page that calls this server with POST must come from the same host, or from one listed here.',
  ),
  http2: choice(['own', 'node'])
    .prefault('own')
    .describe(
      'The HTTP/2 implementation: "own", the default, is the transport of this server; "node" is node:http2, which takes several times the CPU per call. Both give the same answers. Use "node" only if a peer has trouble with "own", and report it: it will be removed after one or two releases.',
    ),
  tls: Tls.optional().describe(
    'TLS 1.2 and later, for brokers whose URL begins with https://. When absent, connections are not encrypted.',
  ),
}));
