/** What an error of RabbitMQ or of its client means. */

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
 * The size of the message that the server will never take, in bytes, when that is what the error says: it closes
 * the channel over it, and takes none that is as large.
 */
export function refusedSizeOf(error: unknown): number | undefined {
  const { code, message } = asAmqpError(error);
  const [, size] = /message size (\d+) is larger/.exec(message) ?? [];
  return code === PRECONDITION_FAILED && size !== undefined ? Number(size) : undefined;
}

/**
 * The routing key that the user may not publish with, when that is what the error says: topic permissions are of a user
 * and an exchange, and the server closes the channel over a message that they do not allow.
 */
export function refusedKeyOf(error: unknown): string | undefined {
  const { code, message } = asAmqpError(error);
  if (code !== ACCESS_REFUSED) return undefined;
  return /access to topic '(.*)' in exchange '/s.exec(message)?.[1];
}

/** A sentence for the log. */
export function explain(error: unknown, place: string, exchange: string | undefined): Error {
  const sentence = refusedKeyOf(error) === undefined ? sentenceOf(asAmqpError(error), exchange) : KEY_REFUSED;
  return new Error(`${place}: ${sentence}`, { cause: error });
}

function sentenceOf({ code, message }: AmqpError, exchange: string | undefined): string {
  const target = exchange === undefined ? 'the default exchange' : `exchange ${JSON.stringify(exchange)}`;
  // A refused handshake has its code in the text only.
  if (/Login was refused|ACCESS_REFUSED|403 \(ACCESS-REFUSED\)/i.test(message) && !isAboutResource(message))
    return 'the login is refused: see user and password';
  if (code === ACCESS_REFUSED || isAboutResource(message))
    return `the user may not use ${target}: see rabbitmqctl set_permissions`;
  if (code === NOT_FOUND) return `${target} does not exist: create it, or write declare: {}`;
  // The client tells only that the last step of its handshake, which names the virtual host, went otherwise.
  if (code === NOT_ALLOWED || /Expected ConnectionOpenOk/.test(message))
    return 'the virtual host does not exist, or the user may not use it: see vhost';
  if (code === PRECONDITION_FAILED && /inequivalent/.test(message))
    return `what declare describes exists already and differs: make declare as it is, or remove it`;
  if (/Socket closed abruptly during opening handshake/.test(message))
    return 'the server ended the connection at once: is it the right port, with or without TLS?';
  return message === '' ? 'cannot connect: nothing listens there' : (tlsSentenceOf(message) ?? message);
}

function isAboutResource(message: string): boolean {
  return /access to (exchange|queue|topic)|refused for user/.test(message);
}

function asAmqpError(error: unknown): AmqpError {
  return error instanceof Error ? error : { message: String(error) };
}
