import type { DescMessage } from '@bufbuild/protobuf';
import { base64Decode } from '@bufbuild/protobuf/wire';
import { describe, expect, it } from 'vitest';
import { decode } from '../../../src/protocol/wire/decode.ts';
import { methodOf } from '../../../src/protocol/wire/descriptors.ts';
import { encodeRequest } from '../../../src/protocol/wire/encode-request.ts';
import { recordHeaders, recordMessage } from '../../../src/protocol/wire/recording.ts';
import { rpcs } from '../../../src/protocol/wire/rpc.ts';
import { aCredential, aMeta, SECRET } from '../../support/inputs.ts';
import { requestOf, rpcFor } from '../../support/runtime.ts';

const versions = ['v1', 'v2', 'v3'] as const;

describe.each(versions)('a recorded login of %s', (version) => {
  const rpc = rpcFor('client.authenticate', version);
  const bytes = requestOf(rpc, { clientinfo: aCredential(), meta: version === 'v1' ? undefined : aMeta() });

  it('has no password, neither in bytes nor in words', () => {
    const recorded = recordMessage(rpc, bytes) as { message_base64: string; message: object };
    expect(recorded.message).toMatchObject({ clientinfo: { clientid: 'sub-a', password: '***' } });
    expect(decode(rpc, base64Decode(recorded.message_base64))).toMatchObject({
      clientinfo: { password: '***' },
    });
    expect(Buffer.from(recorded.message_base64, 'base64').toString('latin1')).not.toContain(SECRET);
  });

  it('has no password that stands twice in the bytes', () => {
    const empty = requestOf(rpc, { clientinfo: aCredential({ password: '' }) });
    const tail = Buffer.from('0a022200', 'hex');
    const recorded = recordMessage(rpc, Buffer.concat([bytes, empty, tail])) as { message_base64: string };
    expect(Buffer.from(recorded.message_base64, 'base64').toString('latin1')).not.toContain(SECRET);
  });

  it('has nothing of a field that we do not know, which may be a secret', () => {
    const unknown = Buffer.concat([Buffer.from([0xfa, 0x07, SECRET.length]), Buffer.from(SECRET)]);
    const recorded = recordMessage(rpc, Buffer.concat([bytes, unknown])) as { message_base64: string };
    expect(Buffer.from(recorded.message_base64, 'base64').toString('latin1')).not.toContain(SECRET);
  });

  it('stays without a password when the client gave none', () => {
    const recorded = recordMessage(rpc, requestOf(rpc, { clientinfo: aCredential({ password: '' }) }));
    expect(recorded).toMatchObject({
      message: { clientinfo: expect.not.objectContaining({ password: '***' }) },
    });
  });
});

it('knows every place where the protocol has a password', () => {
  const places = rpcs.flatMap((each) => passwordsOf(methodOf(each).input));
  expect(new Set(places)).toEqual(new Set(['clientinfo.password']));
});

function passwordsOf(message: DescMessage, path = ''): string[] {
  return message.fields.flatMap((field) => {
    if (/passw|secret|token/i.test(field.name)) return [`${path}${field.localName}`];
    return field.message === undefined ? [] : passwordsOf(field.message, `${path}${field.localName}.`);
  });
}

describe('bytes that do not decode', () => {
  it.each([
    ['are damaged', Buffer.from(`\u00ff\u00ff${SECRET}`, 'latin1')],
    [
      'hold a password that is not UTF-8',
      Buffer.concat([Buffer.from('0a072205', 'hex'), Buffer.of(255, 254, 97, 98, 99)]),
    ],
  ])('are not recorded when they %s', (_, bytes) => {
    const recorded = recordMessage(rpcFor('client.authenticate'), bytes);
    expect(Object.keys(recorded)).toEqual(['error']);
    expect(recorded).toEqual({ error: expect.stringMatching(/^\d+ bytes that are not a emqx\.exhook\.v3/) });
    expect(JSON.stringify(recorded)).not.toContain(SECRET);
  });
});

it('records an empty request', () => {
  const rpc = rpcFor('provider.unloaded');
  expect(recordMessage(rpc, encodeRequest(rpc, decode(rpc, new Uint8Array())))).toEqual({
    message_base64: '',
    message: {},
  });
});

describe('recorded headers', () => {
  it('have no pseudo-headers and no symbols', () => {
    const headers = { ':path': '/x', te: 'trailers', [Symbol('sensitive')]: [], absent: undefined };
    expect(recordHeaders(headers)).toEqual({ te: 'trailers' });
  });

  it.each([
    'authorization',
    'proxy-authorization',
    'x-serverless-authorization',
    'cookie',
    'set-cookie',
    'x-api-key',
    'x-amz-security-token',
    'X-Auth-Token',
  ])('have no value of %s', (name) => {
    expect(recordHeaders({ [name]: `Bearer ${SECRET}` })).toEqual({ [name]: '***' });
  });

  it('join repeated fields', () => {
    expect(recordHeaders({ via: ['a', 'b'], 'content-length': 3 })).toEqual({
      via: 'a,b',
      'content-length': '3',
    });
  });
});
