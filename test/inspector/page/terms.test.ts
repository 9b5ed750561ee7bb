import { describe, expect, it } from 'vitest';
import { hasTerm, termOf, toggleTerm } from '../../../web/inspector/live/terms.ts';

describe('a term of a filter', () => {
  it.each([
    ['is added to an empty filter', '', 'verdict:deny', 'verdict:deny'],
    ['is added behind others', 'client:a', 'verdict:deny', 'client:a verdict:deny'],
    ['is taken out when it was there', 'client:a verdict:deny ms>5', 'verdict:deny', 'client:a ms>5'],
    ['is not taken for its negation', '-verdict:deny', 'verdict:deny', '-verdict:deny verdict:deny'],
    ['stays whole in quotes', 'client:"a b" x', 'client:"a b"', 'x'],
    ['stands before a condition', 'when: ms > 5.0', 'client:a', 'client:a when: ms > 5.0'],
    [
      'is not looked for in a condition',
      'when: verdict:deny',
      'verdict:deny',
      'verdict:deny when: verdict:deny',
    ],
    ['is added behind a quote that does not end', 'client:"a', 'ms>5', 'client:"a ms>5'],
  ])('%s', (_, filter, term, after) => {
    expect(toggleTerm(filter, term)).toBe(after);
    expect(hasTerm(after, term)).toBe(!hasTerm(filter, term));
  });

  it.each([
    ['pump-7', 'client:pump-7'],
    ['plant/+/state', 'client:plant/+/state'],
    ['two words', 'client:"two words"'],
    ['say "hi" \\ there', 'client:"say \\"hi\\" \\\\ there"'],
    ['', 'client:""'],
    ['a:b', 'client:"a:b"'],
    ['tab\there', 'client:"tab\there"'],
  ])('quotes %j where it would read as something else', (value, term) => {
    expect(termOf('client', value)).toBe(term);
    expect(toggleTerm(toggleTerm('ms>1', term), term)).toBe('ms>1');
  });
});
