import { expect, it } from 'vitest';
import { isJson } from '../../src/sinks/content.ts';

it.each([
  ['application/json', true],
  ['Application/JSON', true],
  ['application/json;charset=utf-8', true],
  ['application/json ; a="b; c"', true],
  ['application/cloudevents+json', true],
  ['application/vnd.acme*x+json', true],
  ['text/plain; a="application/json"', false],
  ['application/jsonp', false],
  ['application/json, text/html', false],
  ['json', false],
  ['', false],
])('a body of the type %s is JSON: %s', (type, is) => {
  expect(isJson(type)).toBe(is);
});
