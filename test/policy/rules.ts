/** Rules and clients over a small alphabet: they match often. */
import fc from 'fast-check';
import type { Subject } from '../../src/policy/subject.ts';
import type { Rule, TextCondition, Who } from '../../src/policy/topics/rule.ts';
import { findRuleProblems } from '../../src/policy/topics/rule-check.ts';
import { anyFilter } from './topics.ts';

const name = fc.constantFrom('a', 'b', '$s', 'a+', 'b/a', '');

export const anySubject: fc.Arbitrary<Subject> = fc.record({
  username: name,
  clientid: name,
  cn: name,
  peerhost: fc.constantFrom('10.0.0.1', '::1', ''),
  tags: fc.option(fc.dictionary(fc.constantFrom('t', 'u'), name, { maxKeys: 2 }), { nil: undefined }),
});

const text: fc.Arbitrary<TextCondition> = fc.oneof(
  fc.constantFrom('a', 'b', '$s'),
  fc.record({ is: fc.constantFrom('a', 'b', 'a+') }),
  fc.record({ like: fc.constantFrom('*', 'a*', '?', 'b?a', '$*') }),
  fc.record({ regex: fc.constantFrom('^a', 'a$', '[ab]') }),
  fc.record({ present: fc.boolean() }),
);

const texts = fc.oneof(text, fc.array(text, { minLength: 1, maxLength: 2 }));
const address = fc.constantFrom('10.0.0.0/8', '::/0', '10.0.0.1');
const tag = fc.oneof(
  fc.constantFrom('t', 'u'),
  fc.dictionary(fc.constantFrom('t', 'u'), texts, { minKeys: 1, maxKeys: 2 }),
);

const conditions = {
  username: texts,
  clientid: texts,
  cert_common_name: texts,
  address: fc.oneof(address, fc.array(address, { minLength: 1, maxLength: 2 })),
  tag: fc.oneof(tag, fc.array(tag, { minLength: 1, maxLength: 2 })),
};

const flat = fc.record(conditions, { requiredKeys: [] }).filter((who) => Object.keys(who).length > 0);
const group = fc.array(flat, { minLength: 1, maxLength: 2 });
const who: fc.Arbitrary<Who> = fc.oneof(
  { weight: 3, arbitrary: flat },
  fc.record({ any: group }),
  fc.record({ all: group, username: texts }),
  fc.record({ not: flat }),
);

/** A filter of which some levels are placeholders. */
const template = fc
  .tuple(
    anyFilter,
    fc.array(fc.constantFrom('', '', '${username}', '${clientid}', 'a${clientid}', '${tag.t}'), {
      maxLength: 3,
    }),
  )
  .map(([filter, levels]) =>
    filter
      .split('/')
      .map((level, i) => (level === '#' ? level : levels[i] || level))
      .join('/'),
  );

const topic = fc.oneof({ weight: 4, arbitrary: template }, fc.record({ eq: template }));
const action = fc.constantFrom('publish' as const, 'subscribe' as const, 'all' as const);
const about = { topics: fc.oneof(topic, fc.array(topic, { minLength: 1, maxLength: 3 })), who };

/** A rule that can be compiled. */
export const anyRule: fc.Arbitrary<Rule> = fc
  .tuple(fc.constantFrom('allow', 'deny'), action, fc.record(about, { requiredKeys: [] }))
  .map(([verdict, concerned, rest]): Rule => ({ [verdict]: concerned, ...rest }))
  .filter((rule) => findRuleProblems(rule).length === 0);
