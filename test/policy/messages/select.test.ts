import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { selectionOf } from '../../../src/policy/messages/rule.ts';
import { compileSelection } from '../../../src/policy/messages/select.ts';
import { caller } from '../../../src/policy/subject.ts';
import { findMisses } from '../../../src/policy/topics/explain.ts';
import { anyRule, anySubject } from '../rules.ts';
import { someone } from '../someone.ts';
import { anyTopic } from '../topics.ts';

describe('the rules that a message matches', () => {
  it('are exactly those that nothing keeps from it, in order', () => {
    fc.assert(
      fc.property(fc.array(anyRule, { maxLength: 8 }), anySubject, anyTopic, (rules, sender, topic) => {
        const about = rules.map(({ topics, who }) => ({ topics, who }));
        const expected = about.flatMap((rule, i) =>
          [...findMisses(selectionOf(rule), caller(sender), 'publish', topic)].length === 0 ? [i] : [],
        );
        expect(compileSelection(about)(sender, topic).rules).toStrictEqual(expected);
      }),
      { numRuns: 1000 },
    );
  });

  it('come once, however many of their filters match', () => {
    const select = compileSelection([{ topics: ['a/#', '+/b', 'a/b', '#'] }, {}]);
    expect(select(someone(), 'a/b').rules).toStrictEqual([0, 1]);
  });
});
