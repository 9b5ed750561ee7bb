/**
 * What a broker makes of a topic that begins with `$`: which topics a subscription with such a filter receives, and
 * where a message to such a topic goes. Releases of EMQX differ, and the filter that counts is behind the prefix.
 *
 * Brokers resolve most prefixes before they ask (`$share` always). Which ones arrive whole depends on the release
 * and its settings, so that a reading is a guess wherever the release is not known: then all of them count.
 */
import { type BrokerVersion, isSince, parseBrokerVersion } from '../broker-version.ts';
import type { Action } from './rule.ts';

const DOLLAR = 0x24;

/** A longer chain of prefixes is no filter of anybody who means well. */
const MAX_PREFIXES = 4;

/** What a topic or filter with a prefix means. */
export interface Readings {
  /** What the client would receive, or publish to: each of them must be allowed. */
  readonly topics: readonly string[];
  /** What a broker with other settings would make of it: none needs to be allowed, but a denial counts. */
  readonly deniable: readonly string[];
  /** Whether nobody can tell: it may be any topic at all. */
  readonly isAnything: boolean;
  /** What a rule may name as it stands, prefix and all, such as `$queue/jobs/#`; wildcards do not match the prefix. */
  readonly named: string | undefined;
}

/** Topics that begin with `$` and are what they say. */
const ordinary: ReadonlySet<string> = new Set([
  '$SYS',
  '$LINK',
  '$event',
  '$events',
  '$file',
  '$file-async',
  '$file-response',
]);

/** Since when the broker takes `$delayed/SECONDS/` off before it asks; a delayed message is not asked about again. */
const DELAYED_RESOLVED: BrokerVersion = [5, 0, 10];
/** From here to the next, community and enterprise releases differ in whether `$queue/` is a shared subscription. */
const QUEUE_DOUBTFUL: BrokerVersion = [5, 0, 0];
const QUEUE_SHARED: BrokerVersion = [5, 1, 2];
/** Since when `$queue/NAME/FILTER` is a message queue; the client chooses the name. */
const NAMED_QUEUES: BrokerVersion = [6, 1, 1];

/** How many levels stand before the filter: `$share/GROUP/a`, `$delayed/SECONDS/a`, `$s/OFFSET/a`, `$stream/NAME/a`. */
const strippedLevels: Readonly<Record<string, number>> = {
  $share: 2, // [MQTT-4.8.2-1]
  $delayed: 2,
  $exclusive: 1,
  $q: 1,
  $s: 2,
  $stream: 2,
};

/** Releases before these take the prefix for a level like any other. */
const sinceReleases: Readonly<Record<string, BrokerVersion>> = {
  $q: [6, 0, 0],
  $s: [6, 1, 0],
  $stream: NAMED_QUEUES,
};

/** `undefined` for a topic or filter without a prefix: it is what it says. */
export function readTopic(action: Action, text: string, version: string): Readings | undefined {
  if (text.charCodeAt(0) !== DOLLAR) return undefined;
  if (action === 'publish') return text.startsWith('$delayed/') ? readDelayed(text, version) : undefined;
  if (ordinary.has(prefixOf(text))) return undefined;
  const reader = new Reader(parseBrokerVersion(version));
  reader.read(text, 0, reader.topics);
  return reader;
}

/** The first level. */
function prefixOf(text: string): string {
  const slash = text.indexOf('/');
  return slash === -1 ? text : text.slice(0, slash);
}

/** What follows so many levels; `undefined` when one of them is empty or nothing follows. */
function behind(text: string, levels: number): string | undefined {
  let start = 0;
  for (let i = 0; i < levels; i++) {
    const slash = text.indexOf('/', start);
    if (slash <= start) return undefined;
    start = slash + 1;
  }
  return start < text.length ? text.slice(start) : undefined;
}

/** A delayed message goes to the topic behind `$delayed/SECONDS/`, and one behind that again. */
function readDelayed(text: string, versionText: string): Readings | undefined {
  let topic = text;
  for (
    let rest = behind(topic, 2);
    topic.startsWith('$delayed/') && rest !== undefined;
    rest = behind(topic, 2)
  )
    topic = rest;
  if (topic === text) return undefined;
  const version = parseBrokerVersion(versionText);
  const arrivesWhole = version === undefined || !isSince(version, DELAYED_RESOLVED);
  return { topics: [topic], deniable: [], isAnything: false, named: arrivesWhole ? text : undefined };
}

/** Takes prefixes off a filter, in each way that the broker may. */
class Reader implements Readings {
  readonly topics: string[] = [];
  readonly deniable: string[] = [];
  isAnything = false;
  named: string | undefined;
  readonly #version: BrokerVersion | undefined;

  constructor(version: BrokerVersion | undefined) {
    this.#version = version;
  }

  /** @param into where the filter belongs. */
  read(filter: string, depth: number, into: string[]): void {
    if (filter.charCodeAt(0) !== DOLLAR || ordinary.has(prefixOf(filter))) into.push(filter);
    else if (depth === MAX_PREFIXES) this.#unknown(filter);
    else this.#resolve(filter, depth + 1, into);
  }

  #resolve(filter: string, depth: number, into: string[]): void {
    const prefix = prefixOf(filter);
    const levels = strippedLevels[prefix];
    const release = sinceReleases[prefix];
    if (prefix === '$queue') this.#queue(filter, depth, into);
    else if (levels === undefined) this.#unknown(filter);
    else if (release === undefined) this.#strip(filter, levels, depth, into);
    else this.#since(release, filter, levels, depth, into);
  }

  #strip(filter: string, levels: number, depth: number, into: string[]): void {
    const rest = behind(filter, levels);
    if (rest === undefined) this.#unknown(filter);
    else this.read(rest, depth, into);
  }

  /** A shared subscription to what follows, or a message queue with a name of the client's choice. */
  #queue(filter: string, depth: number, into: string[]): void {
    const version = this.#version;
    if (version === undefined) {
      this.named ??= filter;
      this.#strip(filter, 1, depth, into);
      this.#strip(filter, 2, depth, into);
    } else if (isSince(version, NAMED_QUEUES)) {
      // A broker whose message queues are off takes the prefix off itself: what arrives whole is a queue.
      this.named ??= filter;
      this.#strip(filter, 1, depth, this.deniable);
      this.#strip(filter, 2, depth, into);
    } else if (isSince(version, QUEUE_DOUBTFUL) && !isSince(version, QUEUE_SHARED)) this.#unknown(filter);
    else this.#strip(filter, 1, depth, into);
  }

  /** To a release before it the prefix is part of a topic like any other; one that is not known may be such a release. */
  #since(release: BrokerVersion, filter: string, levels: number, depth: number, into: string[]): void {
    this.named ??= filter;
    if (this.#version === undefined || !isSince(this.#version, release)) this.isAnything = true;
    this.#strip(filter, levels, depth, into);
  }

  #unknown(filter: string): void {
    this.named ??= filter;
    this.isAnything = true;
  }
}
