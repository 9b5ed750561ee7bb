import { describe, expect, it } from 'vitest';
import { compileText, isComplete, renderText } from '../../../src/policy/text/text-template.ts';

const names = ['clientid', 'username'];

describe('compileText and renderText', () => {
  it.each([
    ['', ''],
    ['plain', 'plain'],
    ['${clientid}', 'c/1'],
    ['a-${clientid}-${username}-b', 'a-c/1-anna-b'],
    ['${clientid}${clientid}', 'c/1c/1'],
    ['$clientid {clientid} $', '$clientid {clientid} $'],
    ['${clientid', '${clientid'],
  ])('renders %j as %j', (source, text) => {
    expect(renderText(compileText(source, names), { clientid: 'c/1', username: 'anna' })).toBe(text);
  });

  it('does not look for placeholders in values', () => {
    expect(renderText(compileText('${clientid}', names), { clientid: '${username}', username: 'x' })).toBe(
      '${username}',
    );
  });

  it('encodes values, not the text around them', () => {
    expect(renderText(compileText('/${clientid}', names), { clientid: 'c/1' }, encodeURIComponent)).toBe(
      '/c%2F1',
    );
  });

  it.each(['${password}', '${}', '${clientid }', '${constructor}'])(
    'refuses the unknown placeholder %s',
    (source) => {
      expect(() => compileText(source, names)).toThrow(
        /unknown placeholder .*use one of \$\{clientid\}, \$\{username\}/,
      );
    },
  );

  it('knows whether all values are there', () => {
    const template = compileText('${clientid}-${username}', names);
    expect(isComplete(template, { clientid: 'a', username: 'b' })).toBe(true);
    expect(isComplete(template, { clientid: 'a', username: '' })).toBe(false);
    expect(isComplete(template, { clientid: 'a' })).toBe(false);
    expect(renderText(template, { clientid: 'a' })).toBe('a-');
  });
});
