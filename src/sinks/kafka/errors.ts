/** Interprets errors of Kafka and its client. They come as trees: attempts, brokers, partitions. */

import { tlsSentenceOf } from '../tls-errors.ts';

/** Error codes of Kafka. [Kafka protocol guide, error codes] */
const UNKNOWN_TOPIC = 3;
const INVALID_TOPIC = 17;
const TOPIC_AUTHORIZATION_FAILED = 29;
const TOPIC_ALREADY_EXISTS = 36;
const POLICY_VIOLATION = 44;

/** About the records of one partition. */
const refusals: Readonly<Record<number, string>> = {
  10: 'the event is larger than max.message.bytes of the topic',
  18: 'the event is larger than segment.bytes of the topic',
  32: 'Kafka does not accept the time of the event',
  [POLICY_VIOLATION]: 'the event violates a policy of the cluster',
  87: 'Kafka calls the record invalid: a compacted topic needs keys',
};

/** What you have to change, by error code. */
const advice: Readonly<Record<number, string>> = {
  [POLICY_VIOLATION]: 'a policy of the cluster forbids the topic, or its settings: see createTopics',
  [INVALID_TOPIC]: 'the cluster does not accept a topic of this name',
  [TOPIC_AUTHORIZATION_FAILED]: 'the user may not write to the topic: allow it Describe and Write',
  31: 'the user may not write idempotently: allow it IdempotentWrite, or write idempotent: false',
  33: 'the broker does not support this login mechanism: see sasl.mechanism',
  34: 'the broker requires a login: see sasl',
  35: 'the brokers are too old: Kafka 2.4 or later is needed',
  53: 'the user may not use this producer',
  54: 'the broker requires TLS: see tls',
  58: 'the login was refused: see sasl.user and sasl.password',
};

interface Node {
  readonly message?: string;
  readonly code?: unknown;
  readonly apiCode?: unknown;
  readonly cause?: unknown;
  readonly errors?: readonly unknown[];
  readonly response?: unknown;
}

/** All errors of a tree, inner ones first. */
function* walk(error: unknown): Generator<Node> {
  if (typeof error !== 'object' || error === null) return;
  const node = error as Node;
  for (const inner of node.errors ?? []) yield* walk(inner);
  if (node.cause !== undefined) yield* walk(node.cause);
  yield node;
}

function codesOf(error: unknown): number[] {
  return [...walk(error)].flatMap(({ apiCode }) => (typeof apiCode === 'number' ? [apiCode] : []));
}

/** The name of a partition in {@link answersOf}. */
export function partitionKey(topic: string, partition: number): string {
  return `${topic}/${partition}`;
}

interface ProduceAnswer {
  readonly responses?: readonly {
    readonly name: string;
    readonly partitionResponses: readonly { readonly index: number; readonly errorCode: number }[];
  }[];
}

interface Produced {
  readonly offsets?: readonly { readonly topic: string; readonly partition: number }[];
}

/**
 * Returns what brokers reported about each partition in a failed attempt: 0 if the records were written. Missing
 * partitions are unknown.
 */
export function answersOf(error: unknown): ReadonlyMap<string, number> {
  const answers = new Map<string, number>();
  const note = (key: string, code: number) => {
    if (answers.get(key) !== 0) answers.set(key, code);
  };
  for (const node of walk(error)) {
    for (const { name, partitionResponses } of (node.response as ProduceAnswer | undefined)?.responses ?? [])
      for (const { index, errorCode } of partitionResponses) note(partitionKey(name, index), errorCode);
    for (const { topic, partition } of (node as { readonly produced?: Produced }).produced?.offsets ?? [])
      note(partitionKey(topic, partition), 0);
  }
  return answers;
}

/** Whether a broker that gave this answer will never accept the records. */
export function isRefusal(code: number | undefined): boolean {
  return code !== undefined && refusals[code] !== undefined;
}

/** Returns why a broker will never accept a record, if the error says so. */
export function reasonOf(error: unknown): string | undefined {
  const code = codesOf(error).find(isRefusal);
  return code === undefined ? undefined : `${refusals[code]} (error ${code})`;
}

/** Whether a topic is missing: the client has its own text for it. */
export function isUnknownTopic(error: unknown): boolean {
  return [...walk(error)].some(
    ({ apiCode, message }) => apiCode === UNKNOWN_TOPIC || /^Unknown topic /.test(message ?? ''),
  );
}

/** Whether the error concerns one topic only, so others may be written. */
export function isAboutTopic(error: unknown): boolean {
  return isUnknownTopic(error) || isForbiddenTopic(error);
}

/**
 * Whether the cluster is certain to reject everything for this topic: by its name, its permissions, or a policy about
 * new topics.
 */
export function isForbiddenTopic(error: unknown): boolean {
  return codesOf(error).some(
    (code) => code === TOPIC_AUTHORIZATION_FAILED || code === INVALID_TOPIC || code === POLICY_VIOLATION,
  );
}

/** Whether there is nothing to create, because another process has just done so. */
export function isTopicThere(error: unknown): boolean {
  const codes = codesOf(error);
  return codes.length > 0 && codes.every((code) => code === TOPIC_ALREADY_EXISTS);
}

/** Returns a sentence for the log. */
export function explain(error: unknown, place: string): Error {
  return new Error(`${place}: ${sentenceOf(error)}`, { cause: error });
}

function sentenceOf(error: unknown): string {
  const code = codesOf(error).find((one) => advice[one] !== undefined);
  if (code !== undefined) return `${advice[code]} (error ${code})`;
  if (isUnknownTopic(error)) return 'the topic does not exist: create it, or write createTopics: {}';
  const nodes = [...walk(error)];
  // A SCRAM login fails with different texts, depending on which side notices.
  if (nodes.some((node) => node.code === 'PLT_KFK_AUTHENTICATION')) return advice[58] as string;
  const deepest = nodes.find(({ message }) => message !== undefined && message !== '');
  const message = deepest?.message ?? 'cannot connect: nothing listens there';
  return tlsSentenceOf(message) ?? message;
}
