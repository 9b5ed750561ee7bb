/** All pages, and who may read them. */
import type { Admin } from '../../config/sections/admin.ts';
import { carriesToken } from '../../lib/bearer-token.ts';
import { type Environment, readSecret } from '../../lib/secret.ts';
import { explainHost, type HostProblem } from '../../transport/host-check.ts';
import { configz } from './configz.ts';
import { healthz } from './healthz.ts';
import { hooksz } from './hooksz.ts';
import { metrics } from './metrics.ts';
import { type Answer, type Page, textAnswer } from './page.ts';
import { readyz } from './readyz.ts';

export const pages: readonly Page[] = [metrics, healthz, readyz, configz, hooksz];

/** A request for a page. */
export interface PageRequest {
  readonly method: string | undefined;
  readonly path: string | undefined;
  /** The `Authorization` header as received. */
  readonly authorization: string | undefined;
}

/** Path of a URL in Node's form, without the query. */
export function pathOf(url: string | undefined): string | undefined {
  return url?.split('?', 1)[0];
}

export function findPage(path: string | undefined): Page | undefined {
  return pages.find((page) => page.path === path);
}

/**
 * Returns the page to show, or an error answer.
 *
 * @param token the token that is required; undefined if everybody may read.
 * @param findHostProblem checks the host name of the request; skipped for requests with the token.
 */
export function admit(
  { method, path, authorization }: PageRequest,
  token: string | undefined,
  findHostProblem: () => HostProblem | undefined,
): { readonly page: Page } | { readonly refusal: Answer } {
  const page = findPage(path);
  const isTrusted = page?.isOpen === true || (token !== undefined && carriesToken(authorization, token));
  const problem = isTrusted ? undefined : findHostProblem();
  if (problem !== undefined) return { refusal: textAnswer(403, explainHost(problem, 'admin.hosts')) };
  if (token !== undefined && !isTrusted)
    return { refusal: textAnswer(401, 'send the token of admin.token: Authorization: Bearer TOKEN') };
  if (page === undefined)
    return {
      refusal: textAnswer(404, `Pages: ${pages.map((known) => known.path).join(' ')}`),
    };
  if (method !== 'GET' && method !== 'HEAD')
    return { refusal: textAnswer(405, 'pages are read-only: use GET or HEAD') };
  return { page };
}

/** @throws Error that names the configuration key to change. */
export async function readToken({ token }: Admin, env: Environment): Promise<string | undefined> {
  if (token === undefined) return undefined;
  try {
    return await readSecret(token, env);
  } catch (error) {
    throw new Error(`admin.token: ${(error as Error).message}`);
  }
}
