/** Serves requests other than brokers' calls: probes, operators' pages, and Connect. */
import type { ServerResponse } from 'node:http';
import type { ConnectHandler } from './connect-adapter.ts';
import type { Health } from './health.ts';
import { createHostCheck, explainHost } from './host-check.ts';
import type { AnyRequest, AnyResponse } from './http-message.ts';
import { answerProbe } from './probes.ts';
import { mustBeRead, type UnreadAnswers } from './unread.ts';

/** Answers a request that is not a call; returns false if it does not know it. */
export type AnswerPage = (request: AnyRequest, response: AnyResponse) => boolean;

export interface FallbackOptions {
  readonly host: string;
  readonly hosts?: readonly string[] | undefined;
  readonly pages?: AnswerPage | undefined;
  readonly refused: (reason: string) => void;
  readonly health: Health;
  readonly unread: UnreadAnswers;
  readonly loadConnect: () => Promise<ConnectHandler>;
}

export type Fallback = (request: AnyRequest, response: AnyResponse) => void;

export function createFallback(options: FallbackOptions): Fallback {
  const { pages, host, hosts = [], refused, health, unread, loadConnect } = options;
  const check = createHostCheck(host, hosts);
  return (request, response) => {
    if (answerProbe(request, response, health) || pages?.(request, response)) {
      mustBeRead(response, unread);
      return;
    }
    const problem = check(request);
    if (problem !== undefined) {
      refused(explainHost(problem, 'listen.hosts'));
      answer(response, 403, explainHost(problem, 'listen.hosts'));
      mustBeRead(response, unread);
      return;
    }
    void loadConnect()
      .then((handle) => {
        if (handle(request, response)) return;
        answer(response, 404, 'Not found: this is an ExHook server. Try /healthz.');
        mustBeRead(response, unread);
      })
      // The peer left while Connect was loading.
      .catch(() => response.destroy());
  };
}

function answer(response: AnyResponse, status: number, text: string): void {
  const { writeHead } = response as ServerResponse;
  writeHead.call(response, status, { 'content-type': 'text/plain; charset=utf-8' });
  (response as ServerResponse).end(`${text}\n`);
}
