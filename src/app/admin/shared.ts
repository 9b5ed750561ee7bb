/** The pages on the brokers' port, for platforms that offer only one port. */
import type { Admin } from '../../config/sections/admin.ts';
import type { Environment } from '../../lib/secret.ts';
import type { Logger } from '../../log/log.ts';
import { createHostCheck } from '../../transport/host-check.ts';
import type { AnyRequest, AnyResponse } from '../../transport/http-message.ts';
import type { Answer, Page } from './page.ts';
import { findPage, pathOf, readToken } from './pages.ts';
import { createResponder } from './respond.ts';

/** Answers a request for a page; returns `false` if the request is for something else. */
export type SharedPages = (request: AnyRequest, response: AnyResponse) => boolean;

export interface SharedPagesOptions {
  readonly admin: Admin;
  /** Host names of the brokers' port, besides `admin.hosts`. */
  readonly listen: { readonly host: string; readonly hosts: readonly string[] };
  readonly answer: (page: Page) => Promise<Answer>;
  readonly log: Pick<Logger, 'info' | 'error'>;
  /** Where to find the token. */
  readonly env: Environment;
}

/**
 * Leaves out the open pages: the port already has probes, which report on this process.
 *
 * @throws Error that names the configuration key to change.
 */
export async function openSharedPages({
  admin,
  listen,
  answer,
  log,
  env,
}: SharedPagesOptions): Promise<SharedPages> {
  const token = await readToken(admin, env);
  const respond = createResponder({
    token,
    checkHost: createHostCheck(listen.host, [...listen.hosts, ...admin.hosts]),
    answer: oneAtATime(answer),
    log,
  });
  const whose = token === undefined ? 'anyone who reaches it' : 'anyone with the token';
  log.info(`admin pages are on the brokers' port, for ${whose}`);
  return (request, response) => {
    const page = findPage(pathOf(request.url));
    if (page === undefined || page.isOpen) return false;
    respond(request, response);
    return true;
  };
}

/**
 * Requests that arrive while a page is being built share it. However many arrive, building pages takes no more time
 * from calls than one request after the other would.
 */
function oneAtATime(answer: (page: Page) => Promise<Answer>): (page: Page) => Promise<Answer> {
  const underWay = new Map<Page, Promise<Answer>>();
  return (page) => {
    const known = underWay.get(page);
    if (known !== undefined) return known;
    const made = answer(page).finally(() => underWay.delete(page));
    underWay.set(page, made);
    return made;
  };
}
