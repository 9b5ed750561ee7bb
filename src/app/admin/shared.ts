/** The pages on the port of brokers, for platforms that offer one port only. */
import type { Admin } from '../../config/sections/admin.ts';
import type { Environment } from '../../lib/secret.ts';
import type { Logger } from '../../log/log.ts';
import { createHostCheck } from '../../transport/host-check.ts';
import type { AnyRequest, AnyResponse } from '../../transport/http-message.ts';
import type { Answer, Page } from './page.ts';
import { findPage, pathOf, readToken } from './pages.ts';
import { createResponder } from './respond.ts';

/** Answers a request for a page, or returns `false`: then it is about something else. */
export type SharedPages = (request: AnyRequest, response: AnyResponse) => boolean;

export interface SharedPagesOptions {
  readonly admin: Admin;
  /** The names of the port of brokers, besides those of `admin.hosts`. */
  readonly listen: { readonly host: string; readonly hosts: readonly string[] };
  readonly answer: (page: Page) => Promise<Answer>;
  readonly log: Pick<Logger, 'info' | 'error'>;
  /** Where the token may be. */
  readonly env: Environment;
}

/**
 * Pages that are open are none of them: the port has probes already, which say how this process is.
 *
 * @throws Error that names the key of the configuration to change.
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
  const whose = token === undefined ? 'whoever reaches it' : 'whoever has the token';
  log.info(`admin pages are on the port of brokers, for ${whose}`);
  return (request, response) => {
    const page = findPage(pathOf(request.url));
    if (page === undefined || page.isOpen) return false;
    respond(request, response);
    return true;
  };
}

/**
 * Who asks while a page is being made gets the same one: however many ask, making pages takes no more of the
 * time of calls than one after the other would.
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
