/** Work that lists, maps and texts of a client could make of conditions that look harmless: counted, and not done. */
import { describe, expect, it } from 'vitest';
import { openConditions } from '../../../src/payload/conditions/open.ts';
import { Finder } from '../../../src/payload/conditions/search.ts';
import { askCondition, conditionWork, type Variables } from '../../../src/policy/condition.ts';

type Input = Readonly<Record<string, unknown>>;

const variables: Variables<Input> = Object.fromEntries(
  ['payload', 'topic', 'clientid'].map((name) => [name, (input: Input) => input[name]]),
);
const compile = await openConditions();

function conditionOf(source: string) {
  const condition = compile(source, variables);
  if ('problem' in condition) throw new Error(condition.problem);
  return condition;
}

const ask = (source: string, payload: unknown) => conditionOf(source).test({ payload });
const work = { failure: 'takes too much work on this input' };

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
const keysOf = (count: number) => Object.fromEntries(numbers(count).map((i) => [`key-${i}`, i]));

/** Counts reads. */
function watched<T extends object>(target: T): { value: T; reads: () => number } {
  let reads = 0;
  const value = new Proxy(target, {
    get: (object, key) => {
      reads++;
      return Reflect.get(object, key);
    },
    ownKeys: (object) => {
      reads++;
      return Reflect.ownKeys(object);
    },
  });
  return { value, reads: () => reads };
}

describe('a list or map that a loop looks into', () => {
  it('is not gone through for one of its items', () => {
    const { value, reads } = watched(numbers(95_000));
    const payload = { readings: numbers(800), limits: value };
    expect(ask('payload.readings.all(r, payload.limits[0] <= r)', payload)).toBe(true);
    expect(reads()).toBeLessThan(10_000);
  });

  it('has its keys counted once', () => {
    const { value, reads } = watched(keysOf(1000));
    expect(ask('payload.turns.all(r, size(payload.m) > r)', { turns: numbers(500), m: value })).toBe(true);
    expect(reads()).toBe(1);
  });

  it('has the keys that it counts charged', () => {
    const maps = numbers(12).map(() => keysOf(25_000));
    expect(ask('payload.all(m, size(m) > 0)', maps)).toEqual(work);
  });

  it('is not searched for a key that is a number', () => {
    const { value, reads } = watched(keysOf(1000));
    expect(ask('payload.turns.all(r, !(1 in payload.m))', { turns: numbers(500), m: value })).toBe(true);
    expect(reads()).toBe(0);
  });
});

describe('lists that a condition makes', () => {
  it('are as long as a loop may be', () => {
    expect(ask('payload.map(x, x + 1).size() == 9000 && payload.map(x, x)[1] == 1', numbers(4500))).toBe(
      false,
    );
    expect(ask('payload.map(x, x + 1)[8999] == 9000', numbers(9000))).toBe(true);
  });

  it('do not change when others are added', () => {
    const source = '[payload.map(x, x)].all(l, (l + [7]).size() == 4 && (l + [8])[3] == 8 && l.size() == 3)';
    expect(ask(source, [1, 2, 3])).toBe(true);
    expect(ask('[payload.map(x, x)].all(l, l + l == [1, 2, 1, 2])', [1, 2])).toBe(true);
  });
});

const long = 'a'.repeat(225_000);

describe('an expression that needs more than a few milliseconds is stopped', () => {
  const turns = { t: numbers(200), text: 'a'.repeat(100_000), part: `${'a'.repeat(50_000)}b` };
  it.each<[string, unknown]>([
    ['payload.t.all(r, payload.text.lastIndexOf(payload.part) == -1)', turns],
    ['payload.t.all(r, payload.text.indexOf(payload.part) == -1)', turns],
    ['payload.t.all(r, !payload.text.contains(payload.part))', turns],
    ['payload.t.all(r, payload.text.replace(payload.part, "") == payload.text)', turns],
    ['payload.t.all(r, payload.text.split(payload.part).size() == 1)', turns],
    ['payload.l.all(r, int(payload.text) != 1)', { l: numbers(30), text: '9'.repeat(400_000) }],
    ['uint(payload) == 1u', '9'.repeat(400_000)],
    ['double(payload) > 1.0', '9'.repeat(400_000)],
    ['timestamp(payload) > timestamp(0)', '9'.repeat(400_000)],
    ['bool(payload)', '9'.repeat(400_000)],
    ['payload.t.all(r, payload.a == payload.b)', { t: numbers(9), a: numbers(90_000), b: numbers(90_000) }],
    ['payload.t.all(r, payload.a == payload.b)', { t: numbers(9), a: keysOf(50_000), b: keysOf(50_000) }],
    ['payload.t.all(r, !(-1.0 in payload.a))', { t: numbers(9), a: numbers(90_000) }],
    ['payload.t.all(r, size(payload.text) > r)', { t: numbers(200), text: 'a'.repeat(500_000) }],
    ['payload.all(r, timestamp(0).getHours("Europe/Berlin") < 24)', numbers(1000)],
    [`payload.all(r, ${'r >= 0 && '.repeat(400)}true)`, numbers(1000)],
  ])('%s', (source, payload) => {
    expect(ask(source, payload)).toEqual(work);
  });

  it.each<[string, unknown]>([
    ['payload.text.lastIndexOf(payload.name) == -1', { text: long, name: `b${'a'.repeat(110_000)}` }],
    ['payload.text.indexOf(payload.name) == -1', { text: long, name: `${'a'.repeat(110_000)}b` }],
    ['payload.all(x, x in [1, 2, 3])', numbers(3000).map((i) => 1 + (i % 3))],
    ['int(payload) == 42', '42'],
    ['timestamp(payload).getFullYear() == 2026', '2026-01-02T03:04:05Z'],
    ['payload.size() == 400000', '😀'.repeat(400_000)],
  ])('%s is answered', (source, payload) => {
    expect(ask(source, payload)).toBe(true);
  });

  it('and a client id is searched for in a topic in linear time', () => {
    const clientid = `${'a'.repeat(250)}b${'a'.repeat(32_500)}`;
    expect(conditionOf('!topic.contains(clientid)').test({ clientid, topic: 'a'.repeat(65_000) })).toBe(true);
  });
});

describe('conditions of one call', () => {
  it('share their work, and come to no answer when it is used up', () => {
    const condition = conditionOf('payload.all(x, x >= 0)');
    const ofCall = conditionWork();
    const input = { payload: numbers(8000) };
    const held = [1, 2, 3, 4].map(() => askCondition(condition, input, () => {}, ofCall));
    expect(held).toEqual([true, 'unknown', 'unknown', 'unknown']);
    expect(askCondition(condition, input, () => {}, conditionWork())).toBe(true);
  });
});

describe('a search', () => {
  const texts = ['', 'a', 'ab', 'aab', 'abab', 'aabaab', 'a'.repeat(40), `${'ab'.repeat(20)}c`, '😀a😀'];
  /** Long enough for the linear search. */
  const pad = (text: string, by: string) => `${text}${by.repeat(40_000)}${text}`;

  it("finds the same as the engine's own search", () => {
    for (const part of texts) {
      for (const text of [...texts, ...texts.map((each) => pad(each, 'ab')), pad(part, 'x')]) {
        const finder = new Finder(text, part, () => {});
        for (const from of [0, 1, 7, text.length - 3]) {
          if (from < 0) continue;
          expect(finder.next(from)).toBe(text.indexOf(part, from));
          expect(finder.last(from)).toBe(text.lastIndexOf(part, from));
        }
        expect(finder.last()).toBe(text.lastIndexOf(part));
      }
    }
  });
});
