/** Who may ask: only by a name that is ours, only pages of our own, only with the token. */
import { carriesToken } from '../../lib/bearer-token.ts';
import { createHostCheck, type HostedRequest } from '../../transport/host-check.ts';
import { RequestError } from './api-error.ts';

export interface AdmitOptions {
  readonly host: string;
  readonly token: string;
}

/** @throws RequestError */
export type Admit = (request: HostedRequest, isApi: boolean) => void;

/** @returns a check of every request, data or page. */
export function createAdmit({ host, token }: AdmitOptions): Admit {
  const check = createHostCheck(host, []);
  return (request, isApi) => {
    const problem = check(request);
    // A web page can make the name of its host lead here (DNS rebinding).
    if (problem === 'host' || request.headers.host === undefined)
      throw new RequestError(
        'wrong_host',
        'the Host header does not name this server: open the printed URL, or set inspector.host',
      );
    if (problem === 'origin')
      throw new RequestError('wrong_origin', 'a page of another origin made this request');
    const { authorization } = request.headers;
    if (isApi && !carriesToken(Array.isArray(authorization) ? undefined : authorization, token))
      throw new RequestError(
        'unauthorized',
        'send the token of the printed URL, or of inspector.token: Authorization: Bearer TOKEN',
      );
  };
}
