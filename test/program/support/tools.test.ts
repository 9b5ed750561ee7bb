/** The checks that other tests rely on can fail. */
import { describe, expect, it } from 'vitest';
import { findCloudEventProblems } from './cloud-events.ts';

const good = {
  specversion: '1.0',
  id: '1',
  source: 'emqx://emqxcl/emqx@127.0.0.1',
  type: 'emqx.client.connected',
  subject: 'c1',
  time: '2026-11-22T19:00:45.235Z',
  datacontenttype: 'application/json',
  data: {},
};

describe('the check of CloudEvents', () => {
  it('accepts an event that is one', () => {
    expect(findCloudEventProblems(JSON.stringify(good))).toStrictEqual([]);
  });

  it.each([
    ['another version', { specversion: '0.3' }],
    ['no id', { id: '' }],
    ['an id that is a number', { id: 7 }],
    ['a source that is no URI', { source: 'emqx at home' }],
    ['a type of other signs', { type: 'emqx client' }],
    ['an empty subject', { subject: '' }],
    ['a subject with a control character', { subject: 'a\u0007b' }],
    ['a time that is none', { time: '22.11.2026 19:00' }],
    ['a month too many', { time: '2026-13-22T19:00:45Z' }],
    ['a content type that is none', { datacontenttype: 'json' }],
    ['data twice', { data_base64: 'AA==' }],
    ['an attribute with a capital letter', { clientId: 'c1' }],
  ])('refuses %s', (_what, wrong) => {
    expect(findCloudEventProblems(JSON.stringify({ ...good, ...wrong }))).toHaveLength(1);
  });

  it.each(['', 'listening', '[]', 'null', '{"id":'])('refuses the line %j', (line) => {
    expect(findCloudEventProblems(line)).toHaveLength(1);
  });
});
