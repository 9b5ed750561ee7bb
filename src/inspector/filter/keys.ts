/** What can be asked of a call in a filter, by key. */

import { matchesGlob } from '../../policy/text/glob.ts';
import { findTopicFilterProblem, matches } from '../../policy/topics/topic-filter.ts';
import { isValued } from '../../protocol/schema/hook-name.ts';
import type { CallRow } from '../api.ts';

export type RowTest = (row: CallRow) => boolean;

/** Makes a test of a value, or says what is wrong with it. */
export type FilterKey = (value: string) => RowTest | { readonly problem: string };

const textOf =
  (read: (row: CallRow) => string): FilterKey =>
  (value) => {
    const wanted = value.toLowerCase();
    if (/[*?]/.test(wanted)) return (row) => matchesGlob(wanted, read(row).toLowerCase());
    return (row) => read(row).toLowerCase() === wanted;
  };

/** `client.authorize`, `authorize`, or `client.*`. */
const hook: FilterKey = (value) => {
  const full = textOf(({ hook: name }) => name)(value) as RowTest;
  const short = textOf(({ hook: name }) => name.slice(name.indexOf('.') + 1))(value) as RowTest;
  return (row) => full(row) || short(row);
};

/** A topic filter of MQTT. Of a call with several filters, one of them is enough. */
const topic: FilterKey = (value) => {
  const problem = findTopicFilterProblem(value);
  if (problem !== undefined) return { problem };
  return (row) =>
    row.topic !== '' && row.topic.split(', ').some((name) => name === value || matches(value, name));
};

const sink: FilterKey = (value) => {
  const isNamed = nameTest(value);
  return ({ events }) => events.some(({ sinks }) => Object.keys(sinks).some(isNamed));
};

const states = ['queued', 'sending', 'retrying', 'delivered', 'spooled', 'rejected', 'dropped', 'withdrawn'];

const state: FilterKey = (value) => {
  if (!states.includes(value)) return { problem: `is not a state; write one of ${states.join(', ')}` };
  return ({ events }) => events.some(({ sinks }) => Object.values<string>(sinks).includes(value));
};

function nameTest(value: string): (name: string) => boolean {
  return /[*?]/.test(value) ? (name) => matchesGlob(value, name) : (name) => name === value;
}

const flags: Readonly<Record<string, RowTest>> = {
  shadow: ({ shadow }) => shadow !== undefined,
  onerror: ({ isOnError }) => isOnError,
  duplicate: ({ isDuplicate }) => isDuplicate,
  replay: ({ isReplay }) => isReplay,
  failed: ({ code }) => code !== undefined,
  refused: ({ verdict }) => verdict === 'deny' || verdict === 'drop' || verdict === 'failed',
  valued: ({ hook: name }) => isValued(name as Parameters<typeof isValued>[0]),
};

const is: FilterKey = (value) =>
  flags[value.toLowerCase()] ?? { problem: `is not known; write one of ${Object.keys(flags).join(', ')}` };

export const filterKeys: Readonly<Record<string, FilterKey>> = {
  hook,
  verdict: textOf(({ verdict }) => verdict),
  client: textOf(({ clientid }) => clientid),
  user: textOf(({ username }) => username),
  address: textOf(({ peerhost }) => peerhost),
  topic,
  node: textOf(({ node }) => node),
  by: textOf(({ by }) => by),
  code: textOf(({ code = '' }) => code),
  protocol: textOf(({ protocol }) => protocol),
  sink,
  state,
  is,
};

/** What can be compared with a number, as in `ms>5`. */
export const filterNumbers: Readonly<Record<string, (row: CallRow) => number>> = {
  ms: ({ ms }) => ms,
  bytes: ({ payloadBytes = 0 }) => payloadBytes,
  lookups: ({ lookups }) => lookups,
  seq: ({ seq }) => seq,
  /** Milliseconds since 1970. */
  at: ({ at }) => at,
};

/** A word that may stand in any of the names. */
export function wordTest(word: string): RowTest {
  const wanted = word.toLowerCase();
  return ({ hook: name, clientid, username, topic: about, node, by, reason }) =>
    [clientid, about, username, by, name, node, reason].some((text) => text.toLowerCase().includes(wanted));
}
