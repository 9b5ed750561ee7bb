/** Topic filters, and how they relate: held against a slow reading of the specification. */
import fc from 'fast-check';
import {
  covers,
  findTopicFilterProblem,
  findTopicNameProblem,
  matches,
  overlaps,
  stripShare,
} from '../../../src/policy/topic-filter.ts';
import { anyFilter, anyTopic, referenceMatches, topicsToTry } from '../../policy/topics.ts';
import { mutatedText } from '../mutate.ts';
import { defineTarget, ensure } from '../target.ts';

/** Levels of these topics; others are not in the alphabet that every topic is tried of. */
const isInAlphabet = (filter: string) => /^(?:|[ab+]|\$s)(?:\/(?:|[ab+]|\$s)){0,2}(?:\/#)?$|^#$/.test(filter);

const samples = [
  'a/b',
  'a/+/c',
  '#',
  '+/#',
  '/',
  '//',
  '$share/g/a/#',
  '$queue/a',
  '$SYS/#',
  'a/\u00fc/#',
  '$s/+',
];

export const topics = () => {
  const filter = fc.oneof(anyFilter, mutatedText(samples));
  const topic = fc.oneof(anyTopic, mutatedText(samples));
  return defineTarget({
    name: 'topics',
    input: fc.record({ a: filter, b: filter, topic }),
    check({ a, b, topic: name }: { a: string; b: string; topic: string }) {
      for (const text of [a, b, name]) ensure(typeof stripShare(text) === 'string', 'a text');
      if (findTopicFilterProblem(a) !== undefined || findTopicFilterProblem(b) !== undefined) return;
      ensure(covers(a, a) && overlaps(a, a), 'a filter that covers and overlaps itself');
      ensure(overlaps(a, b) === overlaps(b, a), 'overlaps both ways');
      if (covers(a, b)) ensure(overlaps(a, b), 'what covers overlaps');
      if (findTopicNameProblem(name) === undefined) checkTopic(a, b, name);
      if (!isInAlphabet(a) || !isInAlphabet(b)) return;
      const tried = topicsToTry.filter((each) => referenceMatches(b, each));
      ensure(
        covers(a, b) === tried.every((each) => referenceMatches(a, each)),
        'covers as the specification has it',
      );
      ensure(
        overlaps(a, b) === tried.some((each) => referenceMatches(a, each)),
        'overlaps as the specification has it',
      );
    },
  });
};

function checkTopic(a: string, b: string, topic: string): void {
  ensure(matches(a, topic) === referenceMatches(a, topic), 'matches as the specification has it');
  if (covers(a, b) && matches(b, topic)) ensure(matches(a, topic), 'what covers matches');
  if (matches(a, topic) && matches(b, topic)) ensure(overlaps(a, b), 'what matches the same overlaps');
}
