import { beforeEach, expect, it } from 'vitest';
import type { ListDifference } from '../../../src/lookup/brokers/list-evidence.ts';
import { describeDifference, ListWarnings } from '../../../src/lookup/brokers/list-warnings.ts';
import type { HookName } from '../../../src/protocol/schema/hook-name.ts';

const difference = (more: Partial<ListDifference<HookName>>): ListDifference<HookName> => ({
  missing: [],
  extra: [],
  otherTopics: [],
  ...more,
});
const missing = difference({ missing: ['client.authenticate'] });
const node = (outdated?: ListDifference<HookName>, name = 'emqx@a') => ({
  node: name,
  protocol: 'v3',
  calls: {},
  outdated,
});

let now = 0;
let lines: [object, string][] = [];
let told: string[] = [];
let warnings: ListWarnings;

beforeEach(() => {
  now = 0;
  lines = [];
  told = [];
  const log = { warn: (fields: object, text: string) => lines.push([fields, text]) };
  warnings = new ListWarnings(
    log as never,
    () => now,
    (name, state) => told.push(name, state),
  );
});

it('A list that is not ours is said once for each node and difference, with the remedy, and again after an hour', () => {
  for (let i = 0; i < 3; i++) warnings.look([node(missing), node(missing, 'emqx@b')]);
  expect(lines).toHaveLength(2);
  expect(lines[0]?.[0]).toMatchObject({ node: 'emqx@a', missing: ['client.authenticate'] });
  expect(lines[0]?.[1]).toMatch(
    /client\.authenticate.*not enforced.*exhook register --reload.*emqx ctl exhook/,
  );
  warnings.look([node(difference({ extra: ['client.connected'] }))]);
  expect(lines).toHaveLength(3);
  now += 3_599_999;
  warnings.look([node(difference({ extra: ['client.connected'] }))]);
  expect(lines).toHaveLength(3);
  now += 1;
  warnings.look([node(difference({ extra: ['client.connected'] }))]);
  expect(lines).toHaveLength(4);
});

it('A list that was right meanwhile is said again', () => {
  warnings.look([node(missing)]);
  warnings.look([node()]);
  warnings.look([node(missing)]);
  expect(lines).toHaveLength(2);
});

it('What another process has said is not said again', () => {
  warnings.look([node(missing)]);
  const other = new ListWarnings({ warn: () => lines.push([{}, 'other']) } as never, () => now);
  other.heard(told[0] ?? '', told[1] ?? '');
  other.look([node(missing)]);
  expect(lines).toHaveLength(1);
});

it('A difference is described in words', () => {
  const all = { missing: ['a'], extra: ['b', 'c'], otherTopics: ['d'] };
  expect(describeDifference(all)).toBe(
    'the hook list of a broker node is not the current one (it does not call a: the policies of these hooks are not enforced; it calls d for other topics; it calls b, c, which this server does not need)',
  );
});
