/** What the reason codes of MQTT 5 mean for a publication. [MQTT 5, section 2.4] */

import { tlsSentenceOf } from '../tls-errors.ts';

/** The broker answered with a reason code, or closed the connection with one. */
export class ReasonError extends Error {
  override readonly name = 'ReasonError';
  readonly code: number;
  /** Whether it was the answer to one publication, or the end of the connection. */
  readonly isAnswer: boolean;

  constructor(code: number, isAnswer: boolean) {
    super(`reason code 0x${code.toString(16).padStart(2, '0')}`);
    this.code = code;
    this.isAnswer = isAnswer;
  }
}

/** The connection was closed without a reason code while publications were in flight. */
export class LostError extends Error {
  override readonly name = 'LostError';
}

/** Reason codes about the topic: a matter of configuration, unless the event chose it. */
const topicRefusals: Readonly<Record<number, string>> = {
  135: 'the broker does not allow this topic: see topic, and the authorization of the broker',
  144: 'the broker does not accept such a topic: see topic',
};

/** Reason codes about the event itself: every attempt gets the same. */
const refusals: Readonly<Record<number, string>> = {
  149: 'the packet is larger than the broker accepts',
  153: 'the payload does not have the format that the broker requires',
};

/** Reason codes of a closed connection that are about a publication on it. */
const faults: Readonly<Record<number, string>> = {
  ...refusals,
  129: 'the broker calls the packet malformed',
  130: 'the broker reports a protocol error',
};

/**
 * Returns why the broker will never accept a publication, if the error says so.
 *
 * @param hasOwnTopic whether the event chose the topic, not the configuration.
 */
export function reasonOf(error: unknown, hasOwnTopic: boolean): string | undefined {
  if (!(error instanceof ReasonError)) return undefined;
  const { code, isAnswer } = error;
  const reason = (hasOwnTopic ? topicRefusals[code] : undefined) ?? (isAnswer ? refusals : faults)[code];
  return reason && `${reason} (${error.message})`;
}

/** What to do about a refused connection, by reason code, those of MQTT 3.1.1 included. */
const advice: Readonly<Record<number, string>> = {
  1: 'the broker does not speak MQTT 5',
  2: 'the broker does not accept the client id: see clientId',
  4: 'the login was refused: see user and password',
  5: 'the login was refused: see user and password',
  132: 'the broker does not speak MQTT 5',
  133: 'the broker does not accept the client id: see clientId',
  134: 'the login was refused: see user and password',
  135: 'the login was refused: see user and password',
  137: 'the broker is busy',
  138: 'the broker has banned this client',
  139: 'the broker is shutting down',
  142: 'another client connected with the same id: see clientId',
  151: 'a quota of the broker is used up',
  154: 'the broker does not support retained messages: see retain',
  155: 'the broker does not support this quality of service: see qos',
};

/** Returns a sentence for the log. */
export function explain(error: unknown, place: string): Error {
  return new Error(`${place}: ${sentenceOf(error)}`, { cause: error });
}

function sentenceOf(error: unknown): string {
  const { code, message } = error as { readonly code?: unknown; readonly message?: string };
  // On an open connection, the codes of a login are about publications.
  const refusal = error instanceof ReasonError ? topicRefusals[error.code] : undefined;
  if (refusal !== undefined) return refusal;
  if (typeof code === 'number') return advice[code] ?? `refused with reason code 0x${code.toString(16)}`;
  if (message === undefined || message === '') return 'cannot connect: nothing listens there';
  return tlsSentenceOf(message) ?? message;
}
