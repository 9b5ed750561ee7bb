import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  covers,
  findTopicFilterProblem,
  findTopicNameProblem,
  matches,
  overlaps,
} from '../../../src/policy/topics/topic-filter.ts';
import { anyFilter, anyTopic, referenceMatches, topicsToTry } from '../topics.ts';

describe('a topic filter', () => {
  test.each([
    ['a'],
    ['a/b/c'],
    ['/'], // [MQTT-4.7.3-1] one character is enough
    ['/a'],
    ['a//b'],
    ['+'],
    ['#'],
    ['+/+/#'],
    ['a/+/b'],
    ['$SYS/#'],
    ['a b/ü'],
    ['x'.repeat(65_535)],
  ])('may be %o', (filter) => expect(findTopicFilterProblem(filter)).toBeUndefined());

  test.each([
    ['', /empty/], // [MQTT-4.7.3-1]
    ['a\0b', /NUL/], // [MQTT-4.7.3-2]
    ['x'.repeat(65_536), /65535 bytes/], // [MQTT-4.7.3-3]
    ['ü'.repeat(32_768), /65535 bytes/],
    ['#/a', /"#" must be/], // [MQTT-4.7.1-1]
    ['a/#/b', /"#" must be/],
    ['a#', /"#" must be/],
    ['a/b#', /"#" must be/],
    ['##', /"#" must be/],
    ['a+', /"\+" must be/], // [MQTT-4.7.1-2]
    ['+a/b', /"\+" must be/],
    ['a/++', /"\+" must be/],
  ])('may not be %o', (filter, problem) => expect(findTopicFilterProblem(filter)).toMatch(problem));

  test('is a topic name only without wildcards', () => {
    expect(findTopicNameProblem('a/b')).toBeUndefined();
    expect(findTopicNameProblem('a/+')).toMatch(/wildcards/); // [MQTT-3.3.2-2]
    expect(findTopicNameProblem('a/#')).toMatch(/wildcards/);
    expect(findTopicNameProblem('')).toMatch(/empty/);
  });
});

describe('matches', () => {
  test.each([
    ['sport/tennis/player1/#', 'sport/tennis/player1', true], // 4.7.1.2: the parent level too
    ['sport/tennis/player1/#', 'sport/tennis/player1/ranking', true],
    ['sport/tennis/player1/#', 'sport/tennis/player1/score/wimbledon', true],
    ['sport/#', 'sport', true],
    ['sport/#', 'sports', false],
    ['#', 'a/b', true],
    ['sport/tennis/+', 'sport/tennis/player1', true], // 4.7.1.3
    ['sport/tennis/+', 'sport/tennis/player1/ranking', false],
    ['sport/+', 'sport', false],
    ['sport/+', 'sport/', true],
    ['+/+', '/finance', true],
    ['/+', '/finance', true],
    ['+', '/finance', false],
    ['+/tennis/#', 'x/tennis', true],
    ['#', '$SYS/monitor', false], // [MQTT-4.7.2-1]
    ['+/monitor/Clients', '$SYS/monitor/Clients', false],
    ['$SYS/#', '$SYS/monitor', true],
    ['$SYS/monitor/+', '$SYS/monitor/Clients', true],
    ['a/+', 'a/$b', true], // only a first "$" hides
    ['a/#', 'a/$b', true],
    ['ACCOUNTS', 'Accounts', false], // 4.7.3: case sensitive
    ['a', 'a/', false], // 4.7.3: a trailing "/" is a level
    ['a', 'ab', false],
    ['ab', 'a', false],
    ['a/b/#', 'a', false],
  ])('%s, %s: %o', (filter, topic, expected) => expect(matches(filter, topic)).toBe(expected));

  test('agrees with a plain reading of the specification', () => {
    fc.assert(
      fc.property(
        anyFilter,
        anyTopic,
        (filter, topic) => matches(filter, topic) === referenceMatches(filter, topic),
      ),
      {
        numRuns: 5000,
      },
    );
  });
});

describe('covers', () => {
  test.each([
    ['a/b', 'a/b', true],
    ['a/+', 'a/b', true],
    ['a/+', 'a/+', true],
    ['a/+', 'a/#', false], // a/b/c, and a itself
    ['a/#', 'a/+', true],
    ['a/#', 'a/+/#', true],
    ['a/#', 'a', true],
    ['a/+/#', 'a/#', false], // a itself
    ['a/+/#', 'a/+', true],
    ['a/b', 'a/+', false],
    ['#', '#', true],
    ['#', '+/a', true],
    ['+/#', '#', true], // every topic has a level
    ['+/#', '+', true],
    ['+', '#', false],
    ['+/+/#', '#', false],
    ['#', '$SYS/a', false], // [MQTT-4.7.2-1]
    ['+/#', '$SYS/a', false],
    ['$SYS/#', '$SYS/+', true],
    ['$SYS/#', '#', false],
  ])('%s, %s: %o', (rule, requested, expected) => expect(covers(rule, requested)).toBe(expected));

  test('is true if and only if every topic of the requested filter is matched', () => {
    fc.assert(
      fc.property(anyFilter, anyFilter, (rule, requested) => {
        const all = topicsToTry.every(
          (topic) => !referenceMatches(requested, topic) || referenceMatches(rule, topic),
        );
        return covers(rule, requested) === all;
      }),
      { numRuns: 3000 },
    );
  });
});

describe('overlaps', () => {
  test.each([
    ['a/b', 'a/b', true],
    ['a/b', 'a/+', true],
    ['a/+', '+/b', true],
    ['a/+', 'b/+', false],
    ['a/#', 'a', true],
    ['a', 'a/#', true],
    ['a/+', 'a', false],
    ['a/b/c', 'a/#', true],
    ['#', '+/x', true],
    ['#', '$SYS/a', false], // [MQTT-4.7.2-1]
    ['$SYS/a', '+/a', false],
    ['$SYS/#', '$SYS/+/b', true],
    ['+/a/#', 'x/+/b', true],
    ['a/b', 'a/b/c', false],
  ])('%s, %s: %o', (a, b, expected) => expect(overlaps(a, b)).toBe(expected));

  test('is true if and only if there is a topic that both match, either way round', () => {
    fc.assert(
      fc.property(anyFilter, anyFilter, (a, b) => {
        const some = topicsToTry.some((topic) => referenceMatches(a, topic) && referenceMatches(b, topic));
        return overlaps(a, b) === some && overlaps(b, a) === some;
      }),
      { numRuns: 3000 },
    );
  });
});
