import { describe, expect, it } from 'vitest';
import { hookNames } from '../../../src/protocol/schema/hook-name.ts';
import { Action, requests } from '../../../src/protocol/schema/requests.ts';
import { aClient, aCredential, inputs, SECRET } from '../../support/inputs.ts';

const realistic = inputs();
const issuesOf = (name: keyof typeof requests, input: object) =>
  requests[name].safeParse(input).error?.issues.map(({ path, message }) => [path.join('.'), message]);

describe.each(hookNames)('the input of %s', (name) => {
  const input = realistic[name];

  it('is taken as it is', () => {
    expect(requests[name].parse(input)).toStrictEqual(input);
  });

  it('has empty metadata when the broker sends none', () => {
    const { meta: _, ...old } = input;
    expect(requests[name].parse(old)).toMatchObject({
      meta: { node: '', version: '', sysdescr: '', clusterName: '' },
    });
  });

  const submessages = Object.keys(input).filter((key) =>
    ['clientinfo', 'conninfo', 'message', 'broker'].includes(key),
  );
  it.each(submessages)('needs %s', (field) => {
    expect(issuesOf(name, { ...input, [field]: undefined })?.[0]?.[0]).toBe(field);
  });

  const lists = Object.keys(input).filter((key) => ['props', 'userProps', 'topicFilters'].includes(key));
  it.each(lists)('has no %s when the broker sends none', (field) => {
    expect(requests[name].parse({ ...input, [field]: undefined })).toMatchObject({ [field]: [] });
  });

  it('has a password only if it belongs to client.authenticate', () => {
    const parsed = requests[name].parse({ ...input, clientinfo: aCredential() });
    const text = JSON.stringify(parsed, (_, part) => (typeof part === 'bigint' ? `${part}` : part));
    expect(text.includes(SECRET)).toBe(name === 'client.authenticate');
    expect(text.includes('"password"')).toBe(name === 'client.authenticate');
  });
});

describe('the action of client.authorize', () => {
  const input = realistic['client.authorize'];

  it('is 0 for publish and 1 for subscribe', () => {
    expect(Action).toStrictEqual({ PUBLISH: 0, SUBSCRIBE: 1 });
    for (const type of [0, 1])
      expect(requests['client.authorize'].parse({ ...input, type })).toMatchObject({ type });
  });

  it.each([-1, 2, 3, 2_147_483_647, 0.5, '0', 'PUBLISH', null, undefined])('is not %s', (type) => {
    expect(issuesOf('client.authorize', { ...input, type })).toStrictEqual([
      ['type', 'must be 0 (publish) or 1 (subscribe)'],
    ]);
  });
});

it('every problem of an input is found at once', () => {
  const input = { clientinfo: { ...aClient(), clientid: 7, sockport: 'x' }, reason: 5 };
  expect(issuesOf('client.disconnected', input)?.map(([path]) => path)).toStrictEqual([
    'clientinfo.clientid',
    'clientinfo.sockport',
    'reason',
  ]);
});
