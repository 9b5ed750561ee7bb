import { describe, expect, it } from 'vitest';
import { passProperties, UnencodableError } from '../../../../src/cli/dev/broker/properties.ts';
import { splitUserProperties } from '../../../../src/protocol/wire/user-property.ts';

const v3 = { protocol: 'v3' } as const;
const v2 = { protocol: 'v2' } as const;
const propsOf = (properties: object) => passProperties(properties, v3).props;

describe('properties', () => {
  it.each<[string, unknown, string, string]>([
    ['sessionExpiryInterval', 300, 'Session-Expiry-Interval', '300'],
    ['requestProblemInformation', true, 'Request-Problem-Information', '1'],
    ['payloadFormatIndicator', false, 'Payload-Format-Indicator', '0'],
    ['maximumQoS', 1, 'Maximum-QoS', '1'],
    ['subscriptionIdentifiersAvailable', true, 'Subscription-Identifier-Available', '1'],
    ['correlationData', Buffer.from('grüße'), 'Correlation-Data', 'grüße'],
  ])('%s: %s is passed on as %s: %s', (name, value, passedName, passedValue) => {
    expect(propsOf({ [name]: value })).toStrictEqual([{ name: passedName, value: passedValue }]);
  });

  it('leave out a topic alias, which belongs to one connection, and what has no value', () => {
    expect(propsOf({ topicAlias: 3, contentType: undefined })).toStrictEqual([]);
  });

  it('that are not UTF-8 cannot be passed on', () => {
    expect(() => propsOf({ correlationData: Buffer.from([0xff]) })).toThrow(UnencodableError);
  });

  it('are empty where there are none', () => {
    expect(passProperties(undefined, v3)).toStrictEqual({ props: [], userProps: [] });
    expect(passProperties({ userProperties: {} }, v2)).toStrictEqual({ props: [], userProps: [] });
  });
});

describe('user properties', () => {
  const userProperties = { plain: 'a', several: ['b', 'c'], '"\\': '北', empty: '', line: 'a\nb' };
  const expected = [
    { name: 'plain', value: 'a' },
    { name: 'several', value: 'b' },
    { name: 'several', value: 'c' },
    { name: '"\\', value: '北' },
    { name: 'empty', value: '' },
    { name: 'line', value: 'a\nb' },
  ];

  it('are a list of their own from EMQX 5.9 on', () => {
    expect(passProperties({ userProperties }, v3)).toStrictEqual({ props: [], userProps: expected });
  });

  it('are one printed Erlang term before, which our server reads as the same list', () => {
    const { props, userProps } = passProperties({ userProperties, contentType: 'x' }, v2);
    expect(userProps).toStrictEqual([]);
    const read = splitUserProperties({ props: [...props] });
    expect(read.userProps).toStrictEqual(expected);
    expect(read.props).toStrictEqual([{ name: 'Content-Type', value: 'x' }]);
  });
});
