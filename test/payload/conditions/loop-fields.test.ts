import { describe, expect, it } from 'vitest';
import { compileCondition } from '../../../src/payload/conditions/compile.ts';

function unguarded(source: string): readonly string[] {
  const condition = compileCondition(source, { payload: () => null, topic: () => '' });
  if ('problem' in condition) throw new Error(condition.problem);
  return condition.unguarded ?? [];
}

describe('a condition that reads fields of items', () => {
  it.each([
    ['payload.list.filter(r, r.v > 5).size() > 0', ['r.v']],
    ['payload.list.map(r, r.v).size() > 0', ['r.v']],
    ['payload.list.map(r, r.v > 1, r.w).size() > 0', ['r.v', 'r.w']],
    ['payload.list.exists_one(r, r.v > 5)', ['r.v']],
    ['payload.list.filter(r, r["v"] > 5) != []', ['r.v']],
    ['payload.list.filter(r, has(r.a) && r.a.b > 5) != []', ['r.a.b']],
    ['payload.list.filter(r, has(r.w) && r.v > 5) != []', ['r.v']],
    ['payload.lists.exists(l, l.filter(r, r.v > 5) != [])', ['r.v']],
    ['topic == "a" || (payload.list.filter(r, r.v > 5) != [])', ['r.v']],
    ['[payload.list.filter(r, r.v > 5)] != [] && {"a": payload.list.map(s, s.w)} != {}', ['r.v', 's.w']],
    ['payload.list.filter(r, payload.other.filter(s, s.v == r.v) != []) != []', ['r.v', 's.v']],
  ])('%s reads %j unasked', (source, fields) => {
    expect([...unguarded(source)].sort()).toStrictEqual(fields);
  });

  it.each([
    'payload.list.filter(r, has(r.v) && r.v > 5).size() > 0',
    'payload.list.filter(r, has(r.v) ? r.v > 5 : false) != []',
    'payload.list.filter(r, "v" in r && r.v > 5) != []',
    'payload.list.filter(r, has(r.a) && has(r.a.b) && r.a.b > 5) != []',
    'payload.list.exists(r, r.v > 5)',
    '!payload.list.all(r, r.v < 5)',
    'payload.list.filter(r, r > 5) != []',
    'payload.list.filter(r, r > payload.limit) != []',
    'payload.v > 5',
  ])('%s reads none unasked', (source) => {
    expect(unguarded(source)).toStrictEqual([]);
  });
});
