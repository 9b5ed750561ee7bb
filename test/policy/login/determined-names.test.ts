import { describe, expect, test } from 'vitest';
import { nameInTemplate, namesInConditions } from '../../../src/policy/login/determined-names.ts';
import { compileText } from '../../../src/policy/text/text-template.ts';

const text = (source: string) => compileText(source, ['clientid', 'username']);

describe('a text with placeholders pins down', () => {
  test.each([
    ['${clientid}', 'clientid'],
    ['device-${username}', 'username'],
    ['device', undefined],
    ['${clientid}-${username}', undefined], // a-b and c, or a and b-c
    ['${clientid}${clientid}', undefined],
  ])('%s: %s', (source, expected) => expect(nameInTemplate(text(source))).toBe(expected));

  test('a name only if each of several conditions does', () => {
    expect(namesInConditions([text('${clientid}'), text('d-${clientid}')])).toEqual(['clientid']);
    expect(namesInConditions([text('${clientid}'), text('${username}')])).toEqual([]);
    expect(namesInConditions([text('${clientid}'), 'gateway'])).toEqual([]);
    expect(namesInConditions([{ like: '*' }])).toEqual([]);
    expect(namesInConditions([])).toEqual([]);
    expect(namesInConditions(undefined)).toEqual([]);
  });
});
