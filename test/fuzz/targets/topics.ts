/** Topic filters, and how they relate: held against a slow reading of the specification. */
import fc from 'fast-check';
import {
  covers,
  findTopicFilterProblem,
  findTopicNameProblem,
  matches,
  overlaps,
} from '../../../src/policy/topics/topic-filter.ts';
import { readTopic } from '../../../src/policy/topics/topic-prefix.ts';
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
      for (const text of [a, b, name]) checkReadings(text);
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

const releases = ['', '4.4.19', '5.0.5', '5.8.3', '6.0.0', '6.1.1'];

/** A few readings at most, whatever prefixes a client piles up. */
function checkReadings(text: string): void {
  for (const release of releases) {
    const readings = readTopic('subscribe', text, release);
    if (readings === undefined) continue;
    const { topics, deniable, isAnything } = readings;
    ensure(topics.length + deniable.length <= 16, 'a bounded number of readings');
    ensure(topics.length > 0 || isAnything, 'something that can be judged');
  }
}

function checkTopic(a: string, b: string, topic: string): void {
  ensure(matches(a, topic) === referenceMatches(a, topic), 'matches as the specification has it');
  if (covers(a, b) && matches(b, topic)) ensure(matches(a, topic), 'what covers matches');
  if (matches(a, topic) && matches(b, topic)) ensure(overlaps(a, b), 'what matches the same overlaps');
}
