/**
 * The filter of Live: terms that must all hold, such as `hook:authorize verdict:deny,drop -client:probe ms>5`, and
 * behind `when:` a condition in CEL. docs/inspector.md teaches it.
 */
import { compileCondition } from '../../payload/conditions/compile.ts';
import { type Condition, type ConditionWork, conditionWork, type Variables } from '../../policy/condition.ts';
import type { CallRow } from '../api.ts';
import { filterKeys, filterNumbers, type RowTest, wordTest } from './keys.ts';
import { readFilterText, type Term } from './tokens.ts';

/** The longest filter, in characters. */
export const MAX_FILTER = 4096;
/** The most terms of one filter. */
const MAX_TERMS = 64;

export interface FilterProblem {
  readonly problem: string;
  /** Where in the text, from 0. */
  readonly at: number;
}

export interface Filter {
  /**
   * Whether a call passes. Never throws.
   *
   * @param work shared by the calls of one search: it bounds what a condition may cost the server.
   */
  test(row: CallRow, work: ConditionWork): boolean;
}

/** The budget of one search. When it is used up, conditions no longer hold. */
export const searchWork = conditionWork;

/** Passes every call. */
export const noFilter: Filter = { test: () => true };

/** Variables of a condition behind `when:`. */
const variables: Variables<CallRow> = {
  hook: ({ hook }) => hook,
  verdict: ({ verdict }) => verdict,
  clientid: ({ clientid }) => clientid,
  username: ({ username }) => username,
  peerhost: ({ peerhost }) => peerhost,
  topic: ({ topic }) => topic,
  action: ({ action = '' }) => action,
  node: ({ node }) => node,
  by: ({ by }) => by,
  reason: ({ reason }) => reason,
  code: ({ code = '' }) => code,
  protocol: ({ protocol }) => protocol,
  ms: ({ ms }) => ms,
  qos: ({ qos }) => qos ?? null,
  bytes: ({ payloadBytes = 0 }) => payloadBytes,
  lookups: ({ lookups }) => lookups,
  /** States by the name of the sink. */
  sinks: ({ events }) => Object.assign(Object.create(null), ...events.map(({ sinks }) => sinks)),
};

/** @param text empty: every call passes. */
export function compileFilter(text: string): Filter | FilterProblem {
  if (text.length > MAX_FILTER) return { problem: `is longer than ${MAX_FILTER} characters`, at: MAX_FILTER };
  const { terms, when } = readFilterText(text);
  if (terms.length > MAX_TERMS)
    return { problem: `has more than ${MAX_TERMS} terms`, at: terms[MAX_TERMS]?.at ?? 0 };
  const tests: RowTest[] = [];
  for (const term of terms) {
    const test = compileTerm(term);
    if (typeof test !== 'function') return { problem: test.problem, at: term.at };
    tests.push(term.isNegated ? (row) => !test(row) : test);
  }
  if (when === undefined) return { test: (row) => tests.every((test) => test(row)) };
  const condition = compileWhen(when.source);
  if ('problem' in condition) return { problem: `when ${condition.problem}`, at: when.at };
  return {
    test: (row, work) => tests.every((test) => test(row)) && condition.test(row, work) === true,
  };
}

function compileWhen(source: string): Condition<CallRow> | { readonly problem: string } {
  if (source === '') return { problem: 'is empty; write a condition such as ms > 5.0' };
  return compileCondition(source, variables);
}

function compileTerm({ key, operator, value, isQuoted }: Term): RowTest | { readonly problem: string } {
  if (key === '') return wordTest(value);
  if (operator !== ':') return compareNumber(key, operator, value);
  if (Object.hasOwn(filterNumbers, key)) return equalNumber(key, value);
  const make = Object.hasOwn(filterKeys, key) ? filterKeys[key] : undefined;
  if (make === undefined)
    return {
      problem: `"${key}:" is not known; write one of ${Object.keys(filterKeys).join(', ')}, or put the text in quotes`,
    };
  const made = (isQuoted ? [value] : splitValues(key, value)).map(make);
  const problem = made.find((one) => typeof one !== 'function');
  if (problem !== undefined) return { problem: `${key}: ${(problem as { problem: string }).problem}` };
  const tests = made as RowTest[];
  return (row) => tests.some((test) => test(row));
}

/** Alternatives with commas between them; a topic filter may hold commas itself. */
function splitValues(key: string, value: string): readonly string[] {
  return key === 'topic' ? [value] : value.split(',');
}

function compareNumber(
  key: string,
  operator: '>' | '<',
  value: string,
): RowTest | { readonly problem: string } {
  const read = Object.hasOwn(filterNumbers, key) ? filterNumbers[key] : undefined;
  if (read === undefined)
    return { problem: `"${key}" is not a number; write one of ${Object.keys(filterNumbers).join(', ')}` };
  const limit = readNumber(value);
  if (limit === undefined) return { problem: `${key}${operator} needs a number, such as ${key}${operator}5` };
  return operator === '>' ? (row) => read(row) > limit : (row) => read(row) < limit;
}

function equalNumber(key: string, value: string): RowTest | { readonly problem: string } {
  const wanted = readNumber(value);
  const read = filterNumbers[key];
  if (wanted === undefined || read === undefined)
    return { problem: `${key}: needs a number; write ${key}>5 for more than five` };
  return (row) => read(row) === wanted;
}

function readNumber(value: string): number | undefined {
  return /^\d{1,15}(\.\d{1,9})?$/.test(value) ? Number(value) : undefined;
}
