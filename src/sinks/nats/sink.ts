/** Publishes batches, and reads the result of each event from the acknowledgements. */

import type { MsgHdrs } from '@nats-io/transport-node';
import { withSignal } from '../../lib/with-signal.ts';
import { groupByKey, writeByKey } from '../by-key.ts';
import type { Delivery } from '../delivery.ts';
import { abortable } from '../mutex.ts';
import { ReceiptBuilder, tellOfPart } from '../receipt-builder.ts';
import { Reconnecting } from '../reconnecting.ts';
import type { IsWanted, Receipt, Sink, SinkWorld } from '../sink.ts';
import { hasStreamFor, type NatsLink, readSubjects } from './connection.ts';
import { DEFAULT_SUBJECT, type NatsOptions } from './declaration.ts';
import { fillHeaders } from './encode.ts';
import { explain, isAboutSubject, isTimeout, isUnanswered, refusalOf } from './errors.ts';
import { encodeSubject, MAX_SUBJECT, matchesSubject } from './subject.ts';

export interface NatsSinkOptions
  extends Pick<SinkWorld, 'name' | 'log'>,
    Pick<NatsOptions, 'subject' | 'stream' | 'pipeline' | 'requests'> {
  readonly connect: () => Promise<NatsLink>;
  readonly newHeaders: () => MsgHdrs;
  /** The name of the servers in error texts. */
  readonly place: string;
  /** Milliseconds of a monotonic clock: only differences are meaningful. */
  readonly now: () => number;
}

/** The subjects of a stream may be changed by an administrator: they are read again, but not for each event. */
const SUBJECTS_LAST = 5000;

type Takes = (subject: string) => boolean;

export class NatsSink implements Sink {
  readonly name: string;
  readonly #options: NatsSinkOptions;
  readonly #link: Reconnecting<NatsLink>;
  /** The subjects of the stream, and when they were read. */
  #subjects: { readonly of: NatsLink; readonly at: number; readonly list: readonly string[] } | undefined;

  constructor(options: NatsSinkOptions) {
    this.name = options.name;
    this.#options = options;
    this.#link = new Reconnecting({
      connect: options.connect,
      isOpen: ({ connection }) => !connection.isClosed(),
      end: ({ connection }) => connection.close().catch(() => {}),
    });
  }

  async write(
    batch: readonly Delivery[],
    signal: AbortSignal,
    isWanted?: IsWanted,
  ): Promise<Receipt | undefined> {
    if (batch.length === 0) return undefined;
    const { log, name, place } = this.#options;
    const outcome = new ReceiptBuilder(batch, isWanted);
    try {
      const link = await withSignal(this.#link.get(), signal);
      await abortable(
        signal,
        () => void this.#link.drop(link),
        () => this.#publishAll(link, batch, outcome),
      );
    } catch (error) {
      outcome.blame(explain(error, place));
    }
    return outcome.settle(tellOfPart(log, name));
  }

  async check(): Promise<void> {
    const { place, stream, subject } = this.#options;
    try {
      const { manager } = await this.#link.get();
      const isTaken =
        stream === undefined
          ? await hasStreamFor(manager, subject)
          : (await readSubjects(manager, stream.name)).some((pattern) => matchesSubject(pattern, subject));
      // The default subject may be unused, since every route may name its own.
      if (isTaken || subject === DEFAULT_SUBJECT) return;
    } catch (error) {
      throw explain(error, place);
    }
    const who = stream === undefined ? 'no stream takes' : `the stream ${stream.name} does not take`;
    throw new Error(`${place}: ${who} the subject ${subject}: see subject and stream`);
  }

  async close(): Promise<void> {
    await this.#link.close();
  }

  async #publishAll(link: NatsLink, batch: readonly Delivery[], outcome: ReceiptBuilder): Promise<void> {
    const { pipeline, requests } = this.#options;
    const takes = await this.#learnSubjects(link, batch);
    const publish = (delivery: Delivery) => this.#publish(link, delivery, takes);
    if (pipeline) await publishAtOnce(batch, publish, outcome);
    else await writeByKey(batch, requests, publish, outcome);
  }

  /** @returns why the sink will never take it, if so. @throws if it is not confirmed. */
  async #publish(link: NatsLink, delivery: Delivery, takes: Takes): Promise<string | undefined> {
    const { target } = delivery;
    const subject = this.#subjectOf(delivery);
    if (Buffer.byteLength(subject) > MAX_SUBJECT) return `its subject is longer than ${MAX_SUBJECT} bytes`;
    if (target !== undefined && !takes(subject)) return 'its stream does not take its subject';
    try {
      await this.#send(link, subject, delivery);
      return undefined;
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal !== undefined) return refusal;
      const trouble = explain(error, this.#options.place);
      if (target !== undefined && (isAboutSubject(error) || (await this.#isNobodys(link, subject, error))))
        return trouble.message;
      // An open connection without answers may be dead.
      if (isTimeout(error)) await this.#link.drop(link);
      throw trouble;
    }
  }

  /** There is no answer if no stream takes the subject, or while JetStream starts: only its API can tell. */
  async #isNobodys({ manager }: NatsLink, subject: string, error: unknown): Promise<boolean> {
    if (!isUnanswered(error)) return false;
    return await hasStreamFor(manager, subject).then(
      (isTaken) => !isTaken,
      () => false,
    );
  }

  #subjectOf({ target }: Delivery): string {
    return target === undefined ? this.#options.subject : encodeSubject(target);
  }

  async #send({ publisher }: NatsLink, subject: string, delivery: Delivery): Promise<void> {
    const { newHeaders, stream } = this.#options;
    await publisher.publish(subject, delivery.body, fillHeaders(newHeaders(), delivery, stream?.name));
  }

  /** Whether the stream takes a subject. Without a configured stream this is unknown until a message is sent. */
  async #learnSubjects(link: NatsLink, batch: readonly Delivery[]): Promise<Takes> {
    const { stream, now } = this.#options;
    if (stream === undefined) return () => true;
    if (this.#subjects?.of !== link) this.#subjects = { of: link, at: now(), list: link.subjects };
    const takes: Takes = (subject) =>
      this.#subjects?.list.some((pattern) => matchesSubject(pattern, subject)) ?? false;
    const isFresh = now() - this.#subjects.at < SUBJECTS_LAST;
    if (isFresh || batch.every((delivery) => takes(this.#subjectOf(delivery)))) return takes;
    this.#subjects = { of: link, at: now(), list: await readSubjects(link.manager, stream.name) };
    return takes;
  }
}

/** Publishes all of a batch, in order. Events after the first failure of their key count as unconfirmed. */
async function publishAtOnce(
  batch: readonly Delivery[],
  publish: (delivery: Delivery) => Promise<string | undefined>,
  outcome: ReceiptBuilder,
): Promise<void> {
  const results = await Promise.allSettled(
    batch.map((delivery, index) => (outcome.isWanted(index) ? publish(delivery) : undefined)),
  );
  for (const chain of groupByKey(batch).values()) {
    for (const index of chain) {
      const result = results[index];
      if (result?.status !== 'fulfilled') {
        outcome.blame(result?.reason);
        break;
      }
      if (result.value === undefined) outcome.confirm(index);
      else outcome.reject(index, result.value);
    }
  }
}
