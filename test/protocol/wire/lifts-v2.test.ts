import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import {
  ClientConnackRequestSchema,
  ClientConnectRequestSchema,
  ClientSubscribeRequestSchema,
  ClientUnsubscribeRequestSchema,
  SessionSubscribedRequestSchema,
} from '../../../gen/emqx/exhook/v2/exhook_pb.ts';
import { requests } from '../../../src/protocol/schema/requests.ts';
import { liftsV2 } from '../../../src/protocol/wire/lifts-v2.ts';

const userProperty = { name: 'User-Property', value: '[{<<"site">>,<<229,140,151>>}]' };
const other = { name: 'Receive-Maximum', value: '10' };
const site = { name: 'site', value: '北' };
const clientinfo = { clientid: 'sub-a', password: 's3cret' };

describe('user properties of version 2', () => {
  it('are split out of the properties of a CONNECT packet', () => {
    const request = create(ClientConnectRequestSchema, {
      conninfo: { clientid: 'sub-a' },
      props: [userProperty, other],
    });
    const input = requests['client.connect'].parse(liftsV2['client.connect']?.(request));
    expect(input).toMatchObject({ conninfo: { clientid: 'sub-a' }, props: [other], userProps: [site] });
  });

  it('are split out of the properties of a CONNACK packet', () => {
    const request = create(ClientConnackRequestSchema, {
      conninfo: {},
      resultCode: 'success',
      props: [other, userProperty],
    });
    const input = requests['client.connack'].parse(liftsV2['client.connack']?.(request));
    expect(input).toMatchObject({ resultCode: 'success', props: [other], userProps: [site] });
  });
});

const packets = [
  ['client.subscribe', ClientSubscribeRequestSchema],
  ['client.unsubscribe', ClientUnsubscribeRequestSchema],
] as const;

describe.each(packets)('%s of version 2', (name, schema) => {
  const lift = (fields: MessageInitShape<typeof schema>) =>
    requests[name].parse(liftsV2[name](create(schema, fields) as never));

  it('has its own user properties', () => {
    expect(lift({ clientinfo, props: [userProperty] })).toMatchObject({ props: [], userProps: [site] });
  });

  it('has the QoS of its filters where version 3 has options', () => {
    const topicFilters = [{ name: 't/a', qos: 1 }, { name: 't/b', qos: 2 }, { name: 't/c/#' }];
    expect(lift({ clientinfo, topicFilters }).topicFilters).toStrictEqual([
      { name: 't/a', subopts: { qos: 1, rh: 0, rap: 0, nl: 0 } },
      { name: 't/b', subopts: { qos: 2, rh: 0, rap: 0, nl: 0 } },
      { name: 't/c/#', subopts: { qos: 0, rh: 0, rap: 0, nl: 0 } },
    ]);
  });

  it('has the options of its filters if the broker is EMQX 5.4 or later', () => {
    const topicFilters = [{ name: '$share/g/t', subopts: { qos: 2, rh: 1, rap: 1, nl: 1 } }];
    expect(lift({ clientinfo, topicFilters }).topicFilters).toStrictEqual(topicFilters);
  });

  it('loses the password of its client', () => {
    expect(JSON.stringify(lift({ clientinfo }))).not.toContain('s3cret');
  });
});

describe('session.subscribed of version 2', () => {
  it.each([
    ['sh/#', 'g1', '$share/g1/sh/#'],
    ['jobs', '$queue', '$queue/jobs'],
    ['t/a', '', 't/a'],
  ])('says %s in the group %j as version 3 does: %s', (topic, share, expected) => {
    const request = create(SessionSubscribedRequestSchema, {
      clientinfo,
      topic,
      subopts: { qos: 1, share, rh: 2, rap: 1, nl: 1 },
    });
    const input = requests['session.subscribed'].parse(liftsV2['session.subscribed'](request));
    expect(input).toMatchObject({ topic: expected });
    expect(input.subopts).toStrictEqual({ qos: 1, rh: 2, rap: 1, nl: 1 });
  });

  it('may come without options', () => {
    const request = create(SessionSubscribedRequestSchema, { clientinfo, topic: 't' });
    const input = requests['session.subscribed'].parse(liftsV2['session.subscribed'](request));
    expect(input).toMatchObject({ topic: 't', subopts: { qos: 0, rh: 0, rap: 0, nl: 0 } });
  });
});
