/**
 * The meaning of a topic that begins with `$` for a broker: which topics a subscription with such a filter receives,
 * and where a message to such a topic goes. Releases of EMQX differ. The filter that counts follows the prefix.
 *
 * Brokers resolve most prefixes before they call (`$share` always). Which prefixes arrive depends on the release and
 * its settings. If the release is unknown, all possible readings count.
 */
import { type BrokerVersion, isSince, parseBrokerVersion } from '../broker-version.ts';
import type { Action } from './rule.ts';

const DOLLAR = 0x24;

/** Maximum number of nested prefixes. A longer chain is not a legitimate filter. */
const MAX_PREFIXES = 4;

/** The meaning of a topic or filter with a prefix. */
export interface Readings {
  /** Topics that the client receives or publishes to: each must be allowed. */
  readonly topics: readonly string[];
  /** Readings of a broker with other settings: they need not be allowed, but a denial counts. */
  readonly deniable: readonly string[];
  /** The meaning is unknown: it may be any topic. */
  readonly isAnything: boolean;
  /** The form that a rule may name literally, with its prefix: `$queue/jobs/#`. Wildcards do not match the prefix. */
  readonly named: string | undefined;
}

/** Prefixes without a special meaning. */
const ordinary: ReadonlySet<string> = new Set([
  '$SYS',
  '$LINK',
  '$event',
  '$events',
  '$file',
  '$file-async',
  '$file-response',
]);

/** First release that removes `$delayed/SECONDS/` before it calls. It does not call again for a delayed message. */
const DELAYED_RESOLVED: BrokerVersion = [5, 0, 10];
/** From here to the next constant, editions differ in whether `$queue/` is a shared subscription. */
const QUEUE_DOUBTFUL: BrokerVersion = [5, 0, 0];
const QUEUE_SHARED: BrokerVersion = [5, 1, 2];
/** First release where `$queue/NAME/FILTER` is a message queue. The client chooses the name. */
const NAMED_QUEUES: BrokerVersion = [6, 1, 1];

/** Number of levels before the filter: `$share/GROUP/a`, `$delayed/SECONDS/a`, `$s/OFFSET/a`, `$stream/NAME/a`. */
const strippedLevels: Readonly<Record<string, number>> = {
  $share: 2, // [MQTT-4.8.2-1]
  $delayed: 2,
  $exclusive: 1,
  $q: 1,
  $s: 2,
  $stream: 2,
};

/** First releases with the prefix. Older ones treat it as an ordinary level. */
const sinceReleases: Readonly<Record<string, BrokerVersion>> = {
  $q: [6, 0, 0],
  $s: [6, 1, 0],
  $stream: NAMED_QUEUES,
};

/** Reads the prefix; `undefined` for a topic or filter without one. */
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

/** Returns the text after so many levels; `undefined` if a level is empty or nothing follows. */
function behind(text: string, levels: number): string | undefined {
  let start = 0;
  for (let i = 0; i < levels; i++) {
    const slash = text.indexOf('/', start);
    if (slash <= start) return undefined;
    start = slash + 1;
  }
  return start < text.length ? text.slice(start) : undefined;
}

/** A delayed message goes to the topic after `$delayed/SECONDS/`. The prefix may be nested. */
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

/** Removes prefixes from a filter, in every way that the broker may. */
class Reader implements Readings {
  readonly topics: string[] = [];
  readonly deniable: string[] = [];
  isAnything = false;
  named: string | undefined;
  readonly #version: BrokerVersion | undefined;

  constructor(version: BrokerVersion | undefined) {
    this.#version = version;
  }

  /** @param into the list to add the filter to. */
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

  /** A shared subscription to the rest, or a message queue whose name the client chooses. */
  #queue(filter: string, depth: number, into: string[]): void {
    const version = this.#version;
    if (version === undefined) {
      this.named ??= filter;
      this.#strip(filter, 1, depth, into);
      this.#strip(filter, 2, depth, into);
    } else if (isSince(version, NAMED_QUEUES)) {
      // A broker with message queues disabled removes the prefix itself: a whole prefix means a queue.
      this.named ??= filter;
      this.#strip(filter, 1, depth, this.deniable);
      this.#strip(filter, 2, depth, into);
    } else if (isSince(version, QUEUE_DOUBTFUL) && !isSince(version, QUEUE_SHARED)) this.#unknown(filter);
    else this.#strip(filter, 1, depth, into);
  }

  /** Older releases treat the prefix as an ordinary level; an unknown release may be one of them. */
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
