import { describe, expect, test } from 'vitest';
import {
  isVariable,
  parseTemplate,
  substitute,
  type Template,
} from '../../../src/policy/topics/placeholders.ts';
import { someone } from '../someone.ts';

function template(source: string): Template {
  const parsed = parseTemplate(source);
  if ('problem' in parsed) throw new Error(parsed.problem);
  return parsed;
}

describe('a template', () => {
  test.each([
    ['a/b', 'a/b'],
    ['fleet/${username}/#', 'fleet/alice/#'],
    ['${clientid}', 'device-17'],
    ['a/${cert_common_name}/${tag.site}', 'a/cn-17/berlin'],
    ['dev-${clientid}-x/${username}', 'dev-device-17-x/alice'],
    ['a/$b/{c}', 'a/$b/{c}'],
    ['a/$${username}', 'a/$alice'],
    ['a/${$}{username}', 'a/${username}'],
    ['${$}share/${$}${username}', '$share/$alice'],
  ])('%s becomes %s', (source, expected) => expect(substitute(template(source), someone())).toBe(expected));

  test.each([
    ['a/${user}', 'unknown placeholder "${user}"'],
    ['a/${}', 'unknown placeholder "${}"'],
    ['a/${tag.}', 'unknown placeholder "${tag.}"'],
    ['a/${constructor}', 'unknown placeholder "${constructor}"'],
    ['a/${username', '"${username" has no closing "}"'],
  ])('%s is refused: %s', (source, problem) => {
    expect(parseTemplate(source)).toEqual({ problem: expect.stringContaining(problem) });
  });

  test('that is refused names the placeholders there are', () => {
    expect(parseTemplate('${x}')).toEqual({
      problem: expect.stringContaining('${username}, ${clientid}, ${cert_common_name}, ${tag.NAME}'),
    });
  });

  test('knows whether it has a placeholder', () => {
    expect(isVariable(template('a/b'))).toBe(false);
    expect(isVariable(template('a/${$}'))).toBe(false);
    expect(isVariable(template('a/${username}'))).toBe(true);
  });
});

describe('a value', () => {
  test.each([
    ['', 'is empty'],
    ['a/b', 'contains "/"'],
    ['+', 'contains "+"'],
    ['a#', 'contains "#"'],
    ['a\0', 'contains NUL'],
  ])('%o is not put into a filter: it %s', (username, reason) => {
    expect(substitute(template('x/${username}/#'), someone({ username }))).toEqual({
      variable: 'username',
      reason,
    });
  });

  test('that begins with "$" is not put at the beginning of a filter', () => {
    const system = someone({ username: '$SYS' });
    expect(substitute(template('${username}/#'), system)).toEqual({
      variable: 'username',
      reason: 'begins with "$"',
    });
    expect(substitute(template('x/${username}'), system)).toBe('x/$SYS');
    expect(substitute(template('x${username}'), system)).toBe('x$SYS');
  });

  test('of a tag that the client does not have is empty', () => {
    const reason = 'is empty';
    expect(substitute(template('${tag.none}'), someone())).toEqual({ variable: 'tag.none', reason });
    expect(substitute(template('${tag.toString}'), someone())).toEqual({ variable: 'tag.toString', reason });
    expect(substitute(template('${tag.x}'), someone({ tags: undefined }))).toEqual({
      variable: 'tag.x',
      reason,
    });
  });
});
