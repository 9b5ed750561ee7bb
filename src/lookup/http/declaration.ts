/** The method `http`: asks a service in the format of EMQX's HTTP authenticator. */
import * as z from 'zod';
import { choice, expects, section, text, wholeNumber, yesOrNo } from '../../lib/schema/builders.ts';
import { path } from '../../lib/schema/files.ts';
import { duration, POSITIVE } from '../../lib/schema/units.ts';
import { declare, defineLoginMethod, namesIn } from '../methods/kind.ts';
import { headers, problemOf } from '../methods/option-parts.ts';
import { compileRequest } from './request.ts';

const Http = section(() => ({
  url: text('a URL', 'an http(s) URL').describe(
    'Path and query may contain placeholders, the host may not. Must not contain user and password: put them in headers.',
  ),
  method: choice(['post', 'get'])
    .prefault('post')
    .describe('With get, body is sent in the query. Default: post.'),
  headers: headers.describe(
    'Sent with each request; a value may be { env } or { file }. content-type selects the format of the body: JSON or a form.',
  ),
  body: z
    .record(z.string(), z.string({ error: expects('a text', 'a text') }), {
      error: expects('a mapping', 'fields, such as username: "${username}"'),
    })
    .prefault({ clientid: '${clientid}', username: '${username}', password: '${password}' })
    .describe('The fields to send. Default: clientid, username and password.'),
  timeout: duration(POSITIVE)
    .prefault('3s')
    .describe("Time limit, retries included. Default: 3s, within EMQX's 5s."),
  retries: wholeNumber('a number of retries', 0, 10)
    .prefault(1)
    .describe('Retries after a failure. Default: 1.'),
  breaker: section(() => ({
    failures: wholeNumber('a number of failures', 1, 1000)
      .prefault(5)
      .describe('Consecutive failures that open the circuit.'),
    openFor: duration(POSITIVE).prefault('10s').describe('How long the circuit stays open.'),
  }))
    .prefault({})
    .describe('When to stop calling a failing service for a while.'),
  ignoreBroken: yesOrNo()
    .prefault(false)
    .describe(
      'Whether a broken answer counts as "ignore", as in EMQX, instead of a failure. Default: false.',
    ),
  maxConnections: wholeNumber('a number of connections', 1, 10_000)
    .prefault(32)
    .describe(
      'The most concurrent requests. The actual number follows the speed of the service; logins that cannot be answered in time are refused without a request.',
    ),
  ca: path('./ca.pem')
    .optional()
    .describe("Certificate authorities to trust instead of Node's own, a PEM file."),
  cert: path('./client.pem').optional().describe('A client certificate, a PEM file.'),
  key: path('./client.key').optional().describe('Its private key, a PEM file.'),
})).superRefine(({ url, method, headers = {}, body }, context) => {
  const parts = [
    ['url', {}, {}, undefined],
    ...Object.entries(headers).map(
      ([name, value]) => ['headers', typeof value === 'string' ? { [name]: value } : {}, {}, name] as const,
    ),
    ...Object.entries(body).map(([name, value]) => ['body', {}, { [name]: value }, name] as const),
  ] as const;
  for (const [key, someHeaders, someBody, name] of parts) {
    const given = key === 'url' ? url : 'http://host';
    const message = problemOf(() =>
      compileRequest({ method, url: given, headers: someHeaders, body: someBody }),
    );
    if (message === undefined) continue;
    context.addIssue({
      code: 'custom',
      path: name === undefined ? [key] : [key, name],
      message: message.replace(/^(url|headers\.[^:]*|body\.[^:]*): /, ''),
    });
  }
});
export type HttpOptions = z.output<typeof Http>;

export const http = defineLoginMethod({
  name: 'http',
  summary: "An HTTP service in the format of EMQX's HTTP authenticator.",
  options: Http,
  load: () => import('./open.ts').then(({ openHttp }) => openHttp),
  vouches: { username: 'with `vouchesFor: [username]`', clientid: 'with `vouchesFor: [clientid]`' },
  bindsNames: () => [],
  usesNames: ({ url, headers, body }) => namesIn([url, headers, body]),
  advise: (name) => `write ${declare(name)} if the service refuses clients with another one`,
  urls: ({ url }) => [{ key: 'url', url }],
  needsNoPassword: () => true,
  asksService: () => true,
  waits: ({ timeout }) => ({ key: 'timeout', timeout }),
});
