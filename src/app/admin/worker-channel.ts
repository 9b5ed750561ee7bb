/** Messages between supervisor and workers, and the workers' side. */
import { withTimeout } from '../../lib/with-timeout.ts';
import type { Logger } from '../../log/log.ts';
import { type Answer, type Page, textAnswer } from './page.ts';
import type { Reporter, Topic } from './reporter.ts';

/** Sent by the supervisor. */
export interface Question {
  readonly exhook: 'ask';
  readonly id: number;
  readonly what: Topic;
}

/** Sent by a worker. */
export interface Told {
  readonly exhook: 'told';
  /** Id of the question. */
  readonly id: number;
  readonly report: unknown;
}

/** Sent by a worker that was asked for a page about all of them. */
export interface PageWanted {
  readonly exhook: 'page';
  readonly id: number;
  readonly path: string;
}

/** Sent by the supervisor. */
export interface PageMade {
  readonly exhook: 'page-made';
  /** Id of the request. */
  readonly id: number;
  readonly answer: Answer;
}

/** How long a worker waits for a page, in milliseconds: the supervisor waits a second for silent workers. */
const PATIENCE = 3_000;

export function isQuestion(message: unknown): message is Question {
  return (message as Partial<Question> | null)?.exhook === 'ask';
}

export function isTold(message: unknown): message is Told {
  return (message as Partial<Told> | null)?.exhook === 'told';
}

export function isPageWanted(message: unknown): message is PageWanted {
  return (message as Partial<PageWanted> | null)?.exhook === 'page';
}

function isPageMade(message: unknown): message is PageMade {
  return (message as Partial<PageMade> | null)?.exhook === 'page-made';
}

/** Answers the supervisor until it is closed. */
export function answerSupervisor(reporter: Reporter, log: Pick<Logger, 'error'>): { close(): void } {
  const answer = async (message: unknown): Promise<void> => {
    if (!isQuestion(message)) return;
    const { id, what } = message;
    try {
      const told: Told = { exhook: 'told', id, report: await reporter[what]() };
      // A supervisor that has exited does not need an answer.
      process.send?.(told, undefined, undefined, () => {});
    } catch (error) {
      log.error({ err: error }, 'could not answer the supervisor');
    }
  };
  process.on('message', answer);
  return { close: () => process.off('message', answer) };
}

/** The channel to the supervisor, as a process provides it. */
export interface Channel {
  send?(message: object, handle: undefined, options: undefined, done: (error: Error | null) => void): boolean;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  off(event: 'message', listener: (message: unknown) => void): unknown;
}

export interface SupervisorPages {
  /** Never rejects, and resolves within the patience: with an error page if need be. */
  readonly ask: (page: Page) => Promise<Answer>;
  close(): void;
}

/** Asks the supervisor for pages, because it knows all workers. @param patience milliseconds. */
export function askSupervisor(
  channel: Channel = process as unknown as Channel,
  patience = PATIENCE,
): SupervisorPages {
  const wanted = new Map<number, (answer: Answer) => void>();
  let lastId = 0;
  const take = (message: unknown): void => {
    if (isPageMade(message)) wanted.get(message.id)?.(message.answer);
  };
  channel.on('message', take);
  return {
    async ask({ path }) {
      const id = ++lastId;
      const answered = new Promise<Answer>((settle) => {
        const giveUp = (): void => settle(makeSilence());
        wanted.set(id, settle);
        const wish: PageWanted = { exhook: 'page', id, path };
        const isSent = channel.send?.(wish, undefined, undefined, (error) => error !== null && giveUp());
        if (isSent === undefined) giveUp();
      });
      try {
        return await withTimeout(answered, patience, makeSilence);
      } finally {
        wanted.delete(id);
      }
    },
    close: () => channel.off('message', take),
  };
}

const makeSilence = (): Answer => textAnswer(503, 'the supervisor of the workers does not answer');
