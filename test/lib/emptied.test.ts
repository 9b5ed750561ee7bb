import { describe, expect, it } from 'vitest';
import { isBlank, isEmptied, noteFilled } from '../../src/lib/emptied.ts';

describe('a text', () => {
  it.each(['', ' \r\n\t\n', '\uFEFF', '# a comment\n', '%% Erlang\n\n', '---\n# yaml\n', '--- # yaml'])(
    'that holds nothing is blank: %j',
    (text) => {
      expect(isBlank(text)).toBe(true);
    },
  );

  it.each(['a', '{}', '[]', '# a\nb: 1', 'alice:hash # no comment', '----'])(
    'that says something is not: %j',
    (text) => {
      expect(isBlank(text)).toBe(false);
    },
  );
});

describe('a file', () => {
  it('is emptied when it held something, and no other', () => {
    expect(isEmptied('/a', false)).toBe(false);
    noteFilled('/a', true);
    expect(isEmptied('/a', true)).toBe(false);
    expect(isEmptied('/a', false)).toBe(true);
    noteFilled('/a', false);
    expect(isEmptied('/a', false)).toBe(false);
  });
});
