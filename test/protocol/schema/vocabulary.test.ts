import { describe, expect, it } from 'vitest';
import type * as z from 'zod';
import {
  BrokerInfo,
  ClientInfo,
  ConnInfo,
  Credentials,
  Message,
  meta,
  Property,
  properties,
  RequestMeta,
  SubOpts,
  subscriptionOptions,
  TopicFilter,
  topicFilters,
} from '../../../src/protocol/schema/vocabulary.ts';
import {
  aBroker,
  aClient,
  aConnection,
  aCredential,
  aFilter,
  aMessage,
  aMeta,
  aProperty,
  someOptions,
} from '../../support/inputs.ts';

const nouns: Record<string, [schema: z.ZodType, value: object]> = {
  RequestMeta: [RequestMeta, aMeta()],
  BrokerInfo: [BrokerInfo, aBroker()],
  ConnInfo: [ConnInfo, aConnection()],
  ClientInfo: [ClientInfo, aClient()],
  Credentials: [Credentials, aCredential()],
  Message: [Message, aMessage()],
  Property: [Property, aProperty()],
  SubOpts: [SubOpts, someOptions()],
  TopicFilter: [TopicFilter, aFilter()],
};

const without = (value: object, field: string) =>
  Object.fromEntries(Object.entries(value).filter(([key]) => key !== field));

describe.each(Object.entries(nouns))('%s', (_name, [schema, value]) => {
  const fields = Object.keys(value);

  it('takes a realistic value as it is', () => {
    expect(schema.parse(value)).toStrictEqual(value);
  });

  it('omits what it does not know', () => {
    expect(schema.parse({ ...value, $typeName: 'x', surplus: 1 })).toStrictEqual(value);
  });

  it.each(fields.filter((field) => field !== 'peerport' && field !== 'subopts'))('demands %s', (field) => {
    const { error } = schema.safeParse(without(value, field));
    expect(error?.issues.map(({ path }) => path)).toStrictEqual([[field]]);
  });

  it.each(fields)('refuses another type for %s', (field) => {
    const { error } = schema.safeParse({ ...value, [field]: Symbol('other') });
    expect(error?.issues[0]?.path[0]).toBe(field);
  });
});

describe('what older brokers do not send', () => {
  const defaults: [what: string, schema: z.ZodType, expected: unknown][] = [
    ['meta', meta, { node: '', version: '', sysdescr: '', clusterName: '' }],
    ['subopts', subscriptionOptions, { qos: 0, rh: 0, rap: 0, nl: 0 }],
    ['props', properties, []],
    ['topicFilters', topicFilters, []],
  ];
  it.each(defaults)('gets a default: %s', (_what, schema, expected) => {
    expect(schema.parse(undefined)).toStrictEqual(expected);
  });

  it.each([
    ['ClientInfo', ClientInfo, aClient()],
    ['Credentials', Credentials, aCredential()],
    ['ConnInfo', ConnInfo, aConnection()],
  ] as [string, z.ZodType, object][])('gets a default: peerport of %s is 0', (_name, schema, value) => {
    expect(schema.parse(without(value, 'peerport'))).toStrictEqual({ ...value, peerport: 0 });
  });

  it('gets a default: the options of a topic filter', () => {
    expect(TopicFilter.parse({ name: 't' })).toStrictEqual({
      name: 't',
      subopts: { qos: 0, rh: 0, rap: 0, nl: 0 },
    });
  });

  it("gets its own default each time: nobody can change another's", () => {
    const first = properties.parse(undefined);
    first.push(aProperty());
    expect(properties.parse(undefined)).toStrictEqual([]);
  });
});

describe('limits', () => {
  it.each([
    [0, true],
    [1, true],
    [2, true],
    [3, false],
    [-1, false],
    [0.5, false],
    [4_294_967_295, false],
  ])('a message of QoS %d is valid: %s', (qos, isValid) => {
    expect(Message.safeParse({ ...aMessage(), qos }).success).toBe(isValid);
  });

  it.each([
    [0, true],
    [4_294_967_295, true],
    [4_294_967_296, false],
    [-1, false],
    [1.5, false],
    [Number.NaN, false],
  ])('a port of %d is a uint32: %s', (sockport, isValid) => {
    expect(ClientInfo.safeParse({ ...aClient(), sockport }).success).toBe(isValid);
  });

  it.each([
    ['clientid', ClientInfo, aClient()],
    ['username', ClientInfo, aClient()],
    ['clientid', ConnInfo, aConnection()],
    ['username', ConnInfo, aConnection()],
    ['clientid', Credentials, aCredential()],
    ['from', Message, aMessage()],
  ] as [string, z.ZodType, object][])('%s fits an MQTT packet', (field, schema, value) => {
    expect(schema.safeParse({ ...value, [field]: 'é'.repeat(32_767) }).success).toBe(true);
    expect(schema.safeParse({ ...value, [field]: 'é'.repeat(32_768) }).success).toBe(false);
  });

  it.each([
    ['topic', Message, aMessage()],
    ['name', TopicFilter, aFilter()],
  ] as [string, z.ZodType, object][])(
    '%s fits behind a mountpoint, which may name client id and user name',
    (field, schema, value) => {
      expect(schema.safeParse({ ...value, [field]: 'x'.repeat(4 * 65_535) }).success).toBe(true);
      expect(schema.safeParse({ ...value, [field]: 'x'.repeat(4 * 65_535 + 1) }).success).toBe(false);
    },
  );
});

describe('passwords', () => {
  it('are taken out of a client', () => {
    expect(ClientInfo.parse(aCredential())).toStrictEqual(aClient());
  });

  it('stay with the credentials of a client', () => {
    expect(Credentials.parse(aCredential())).toStrictEqual(aCredential());
  });
});

it('a payload is bytes and nothing else', () => {
  const payloads: [unknown, boolean][] = [
    [new Uint8Array([0, 255]), true],
    [Buffer.from('x'), true],
    ['text', false],
    [[1, 2], false],
    [new ArrayBuffer(2), false],
    [null, false],
  ];
  for (const [payload, isValid] of payloads)
    expect(Message.safeParse({ ...aMessage(), payload }).success).toBe(isValid);
});

it('the payload of a parsed message is the same bytes, not a copy', () => {
  const message = aMessage();
  expect(Message.parse(message).payload).toBe(message.payload);
});
