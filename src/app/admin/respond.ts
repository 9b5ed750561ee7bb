/** Answers requests for pages, on any port and version of HTTP. */
import type { ServerResponse } from 'node:http';
import type { Logger } from '../../log/log.ts';
import type { HostCheck } from '../../transport/host-check.ts';
import type { AnyRequest, AnyResponse } from '../../transport/http-message.ts';
import { type Answer, type Page, textAnswer } from './page.ts';
import { admit, pathOf } from './pages.ts';

export interface ResponderOptions {
  /** The token that is required; undefined if everybody may read. */
  readonly token: string | undefined;
  /** Checks the host name of a request without the token. */
  readonly checkHost: HostCheck;
  readonly answer: (page: Page) => Promise<Answer>;
  readonly log: Pick<Logger, 'error'>;
}

/** Answers one request. Never throws: a failure of the page is logged. */
export type Responder = (request: AnyRequest, response: AnyResponse) => void;

export function createResponder({ token, checkHost, answer, log }: ResponderOptions): Responder {
  return (request, response) => {
    const { method, url, headers } = request;
    const asked = { method, path: pathOf(url), authorization: headers.authorization };
    const admitted = admit(asked, token, () => checkHost(request));
    if ('refusal' in admitted) return send(method, response, admitted.refusal);
    answer(admitted.page)
      .catch((error: Error) => {
        log.error({ err: error }, 'a page of the admin port failed');
        return textAnswer(500, 'this page failed; the log has the reason');
      })
      .then((given) => send(method, response, given));
  };
}

function send(method: string | undefined, response: AnyResponse, { status, type, body }: Answer): void {
  const answer = response as ServerResponse;
  answer.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(status === 401 && { 'www-authenticate': 'Bearer' }),
    ...(status === 405 && { allow: 'GET, HEAD' }),
  });
  answer.end(method === 'HEAD' ? undefined : body);
}
