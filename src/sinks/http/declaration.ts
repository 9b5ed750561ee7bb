import * as z from 'zod';
import {
  choice,
  expects,
  section,
  text,
  whenValid,
  wholeNumber,
  yesOrNo,
} from '../../lib/schema/builders.ts';
import { headerSecret, secret } from '../../lib/schema/secret.ts';
import { duration, POSITIVE } from '../../lib/schema/units.ts';
import { defineSinkKind } from '../kind.ts';
import { SinkTls } from '../tls-section.ts';

const url = text('a URL', 'a URL such as https://events.example.com/mqtt')
  .refine((value) => /^https?:\/\/[^/]/.test(value) && URL.canParse(value), {
    error: 'is not a URL; write one such as https://events.example.com/mqtt',
    abort: true,
  })
  .refine((value) => !/:\/\/[^/?#]*@/.test(value), {
    error: 'contains a user name or a password; write an authorization header under headers:',
    abort: true,
  })
  .refine((value) => !value.includes('#'), {
    error: 'has a fragment, which is never sent; remove the "#" and what follows',
  });

/** Written by the sink itself, or by a proxy on the way. */
const ownHeaders =
  /^(content-(type|length|encoding)|host|connection|transfer-encoding|te|trailer|upgrade|expect|keep-alive|ce-.*|webhook-(id|timestamp|signature))$/i;
const headerName = { error: 'is not the name of a header; write one such as authorization' };

const Headers = z
  .record(
    z
      .string()
      .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/, headerName)
      .refine((name) => !ownHeaders.test(name), {
        error: 'is a header that the sink writes itself; remove it',
      }),
    headerSecret('the value of a header'),
    { error: expects('a mapping', 'headers by their names, such as authorization: { env: TOKEN }') },
  )
  .prefault({})
  .describe(
    'Headers of every request. Values are text, { env: NAME } or { file: PATH }. There are none by default.',
  );

const Signature = section(() => ({
  secret: secret('a secret').describe(
    'The signing secret: { env: NAME }, { file: PATH } or the text. What follows whsec_ is base64, as in Standard Webhooks; any other text is used as it is.',
  ),
}));

export const Http = section(() => ({
  url: url.describe(
    'Where to send events: an http:// or https:// URL without user and password. The path of a route is appended. There is no default.',
  ),
  method: choice(['POST', 'PUT']).prefault('POST').describe('The method. The default is POST.'),
  headers: Headers,
  batch: yesOrNo()
    .prefault(false)
    .describe(
      'Whether structured events share a request, as application/cloudevents-batch+json. The default is false: one request per event.',
    ),
  requests: wholeNumber('a number of requests', 1, 1000)
    .prefault(16)
    .describe(
      'The most concurrent requests of one batch. Requests of one client are always sequential. The default is 16.',
    ),
  signature: Signature.optional().describe(
    'Sign each request with Standard Webhooks, in the headers webhook-id, webhook-timestamp and webhook-signature. When absent, nothing is signed.',
  ),
  timeout: duration(POSITIVE)
    .prefault('10s')
    .describe('The longest wait for the answer to one request. The default is 10s.'),
  maxRetryAfter: duration()
    .prefault('1m')
    .describe('The longest pause that the service may ask for with a Retry-After header. The default is 1m.'),
  tls: SinkTls.optional(),
})).refine(({ url, tls }) => url.startsWith('https:') || tls === undefined || tls === false, {
  when: whenValid,
  path: ['tls'],
  error: 'has no effect with http://; write https://',
});
export type HttpOptions = z.output<typeof Http>;

export const http = defineSinkKind({
  name: 'http',
  summary: 'Requests to an HTTP service.',
  options: Http,
  load: () => import('./open.ts').then(({ openHttp }) => openHttp),
  promises: {
    order: 'kept, as requests',
    repeats: 'after a failure, with the same id',
    confirmed: 'the service answers 2xx',
  },
  target: {
    name: 'path',
    noun: 'path',
    // A path in the URL precedes every target.
    leadsTo: ({ url }) =>
      new URL(url).pathname === '/' ? { any: 'any path of this service', start: 'mqtt/' } : undefined,
    isAppended: true,
    maySecret: true,
  },
});
