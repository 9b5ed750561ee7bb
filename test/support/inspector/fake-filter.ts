/** Enough of the filter language for tests of the page: the real one has tests of its own. */
import type { CallRow } from '../../../src/inspector/api.ts';

export class FilterProblem extends Error {
  readonly column: number;
  constructor(message: string, column: number) {
    super(message);
    this.column = column;
  }
}

type Test = (row: CallRow) => boolean;

const keys: Readonly<Record<string, (value: string) => Test>> = {
  verdict: (value) => (row) => row.verdict === value,
  hook: (value) => (row) => row.hook.includes(value.replace('*', '')),
  is:
    (value) =>
    ({ verdict, code }) =>
      value === 'failed' ? code !== undefined : ['deny', 'drop', 'failed'].includes(verdict),
  client: (value) => (row) => row.clientid === value,
  topic: (value) => (row) => row.topic === value,
  by: (value) => (row) => row.by === value,
};

/** @throws FilterProblem */
export function readFilter(filter: string): Test {
  const tests = [...filter.matchAll(/(?:[^\s"]|"(?:\\.|[^"\\])*")+/g)].map(({ 0: term, index }) =>
    readTerm(term, index + 1),
  );
  return (row) => tests.every((test) => test(row));
}

function readTerm(term: string, column: number): Test {
  const slow = /^ms>(\d+)$/.exec(term);
  if (slow) return (row) => row.ms > Number(slow[1]);
  if (/^\w+$/.test(term)) return (row) => row.clientid.includes(term);
  const [, minus, key = '', value = ''] = /^(-?)(\w+):(.+)$/.exec(term) ?? [];
  const make = keys[key];
  if (make === undefined)
    throw new FilterProblem(
      `"${key || term}" is no key of a filter: write hook, verdict, client, topic or by`,
      column,
    );
  const test = make(value.startsWith('"') ? value.slice(1, -1).replaceAll(/\\(.)/g, '$1') : value);
  return minus === '-' ? (row) => !test(row) : test;
}
