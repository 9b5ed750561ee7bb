/** What supervisor and workers say to each other, and the side of the workers. */
import type { Logger } from '../telemetry/log.ts';
import type { Reporter, Topic } from './reporter.ts';

/** From the supervisor. */
export interface Question {
  readonly exhook: 'ask';
  readonly id: number;
  readonly what: Topic;
}

/** From a worker. */
export interface Told {
  readonly exhook: 'told';
  /** Of the question. */
  readonly id: number;
  readonly report: unknown;
}

export function isQuestion(message: unknown): message is Question {
  return (message as Partial<Question> | null)?.exhook === 'ask';
}

export function isTold(message: unknown): message is Told {
  return (message as Partial<Told> | null)?.exhook === 'told';
}

/** Answers the supervisor until it is closed. */
export function answerSupervisor(reporter: Reporter, log: Pick<Logger, 'error'>): { close(): void } {
  const answer = async (message: unknown): Promise<void> => {
    if (!isQuestion(message)) return;
    const { id, what } = message;
    try {
      const told: Told = { exhook: 'told', id, report: await reporter[what]() };
      // A supervisor that has gone need not be told.
      process.send?.(told, undefined, undefined, () => {});
    } catch (error) {
      log.error({ err: error }, 'the supervisor was not told what it asked');
    }
  };
  process.on('message', answer);
  return { close: () => process.off('message', answer) };
}
