/** Interprets an error of RabbitMQ or its client. */

import { tlsSentenceOf } from '../tls-errors.ts';

/** Reply codes of AMQP 0-9-1. [specification, section 1.2] */
const ACCESS_REFUSED = 403;
const NOT_FOUND = 404;
const PRECONDITION_FAILED = 406;
const NOT_ALLOWED = 530;

/** What to do about a routing key that the user may not publish with. */
export const KEY_REFUSED =
  'the user may not publish with the routing key: see rabbitmqctl set_topic_permissions';

interface AmqpError {
  readonly code?: unknown;
  readonly message: string;
}

/**
 * Returns the size in bytes of a message that the server will never take, if the error says so: it closes the channel,
 * and takes none of that size.
 */
export function refusedSizeOf(error: unknown): number | undefined {
  const { code, message } = asAmqpError(error);
  const [, size] = /message size (\d+) is larger/.exec(message) ?? [];
  return code === PRECONDITION_FAILED && size !== undefined ? Number(size) : undefined;
}

/**
 * Returns the routing key that the user may not publish with, if the error says so. Topic permissions belong to a user
 * and an exchange, and the server closes the channel over a forbidden message.
 */
export function refusedKeyOf(error: unknown): string | undefined {
  const { code, message } = asAmqpError(error);
  if (code !== ACCESS_REFUSED) return undefined;
  return /access to topic '(.*)' in exchange '/s.exec(message)?.[1];
}

/** Returns a sentence for the log. */
export function explain(error: unknown, place: string, exchange: string | undefined): Error {
  const sentence = refusedKeyOf(error) === undefined ? sentenceOf(asAmqpError(error), exchange) : KEY_REFUSED;
  return new Error(`${place}: ${sentence}`, { cause: error });
}

function sentenceOf({ code, message }: AmqpError, exchange: string | undefined): string {
  const target = exchange === undefined ? 'the default exchange' : `exchange ${JSON.stringify(exchange)}`;
  // A refused handshake has its code in the text only.
  if (/Login was refused|ACCESS_REFUSED|403 \(ACCESS-REFUSED\)/i.test(message) && !isAboutResource(message))
    return 'the login was refused: see user and password';
  if (code === ACCESS_REFUSED || isAboutResource(message))
    return `the user may not use ${target}: see rabbitmqctl set_permissions`;
  if (code === NOT_FOUND) return `${target} does not exist: create it, or write declare: {}`;
  // The client reports only that the last step of its handshake, which names the virtual host, failed.
  if (code === NOT_ALLOWED || /Expected ConnectionOpenOk/.test(message))
    return 'the virtual host does not exist, or the user may not use it: see vhost';
  if (code === PRECONDITION_FAILED && /inequivalent/.test(message))
    return `what declare describes exists already and differs: change declare to match it, or remove it`;
  if (/Socket closed abruptly during opening handshake/.test(message))
    return 'the server closed the connection at once: check the port, and whether it uses TLS';
  return message === '' ? 'cannot connect: nothing listens there' : (tlsSentenceOf(message) ?? message);
}

function isAboutResource(message: string): boolean {
  return /access to (exchange|queue|topic)|refused for user/.test(message);
}

function asAmqpError(error: unknown): AmqpError {
  return error instanceof Error ? error : { message: String(error) };
}
