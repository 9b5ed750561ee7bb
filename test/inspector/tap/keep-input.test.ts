import { describe, expect, it } from 'vitest';
import { CallRecord } from '../../../src/inspector/tap/call-record.ts';
import { keepInput, MAX_PAYLOAD } from '../../../src/inspector/tap/keep-input.ts';
import type { HookName } from '../../../src/protocol/schema/hook-name.ts';
import { hookNames } from '../../../src/protocol/schema/hook-name.ts';
import type { HookInput } from '../../../src/protocol/schema/requests.ts';
import { aCredential, aMessage, inputs, SECRET } from '../../support/inputs.ts';
import { rpcFor } from '../../support/runtime.ts';

function keep(hook: HookName, input: object, { payloads = false, isToken = false } = {}): CallRecord {
  const record = new CallRecord(rpcFor(hook), 0, 0, 0);
  keepInput(record, input as HookInput, { payloads }, isToken);
  return record;
}

const json = (value: unknown) =>
  JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? String(part) : part));

const TOKEN = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl';

describe('what is kept of a call', () => {
  it.each(hookNames)('%s has no password', (hook) => {
    const input = inputs()[hook] as { clientinfo?: object };
    const kept = keep(
      hook,
      input.clientinfo
        ? { ...input, clientinfo: { ...aCredential(), ...input.clientinfo, password: SECRET } }
        : input,
    );
    expect(json(kept)).not.toContain(SECRET);
  });

  it('says whether there was a password, and leaves the input of the hook alone', () => {
    const input = { ...inputs()['client.authenticate'], clientinfo: aCredential({ password: SECRET }) };
    expect(keep('client.authenticate', input).hasPassword).toBe(true);
    expect(input.clientinfo.password).toBe(SECRET);
    const without = { ...input, clientinfo: aCredential({ password: '' }) };
    expect(keep('client.authenticate', without).hasPassword).toBe(false);
  });

  it.each([
    'client.authorize',
    'client.connect',
    'message.publish',
    'message.ingress',
    'client.authenticate',
  ] as const)('%s has "(a token)" where the user name is a token', (hook) => {
    const { clientinfo, conninfo, message, ...rest } = inputs()[hook] as Record<string, object>;
    const kept = keep(hook, {
      ...rest,
      ...(clientinfo && { clientinfo: { ...clientinfo, username: TOKEN } }),
      ...(conninfo && { conninfo: { ...conninfo, username: TOKEN } }),
      ...(message && { message: { ...message, headers: { username: TOKEN } } }),
    });
    expect(json(kept.input)).not.toContain(TOKEN);
    expect(json(kept.input)).toContain('(a token)');
  });

  it('hides what only looks like a token where clients log in with tokens as user names', () => {
    const input = {
      ...inputs()['client.authorize'],
      clientinfo: { ...aCredential(), username: 'ab.cd.ef' },
    };
    expect(json(keep('client.authorize', input).input)).toContain('ab.cd.ef');
    expect(json(keep('client.authorize', input, { isToken: true }).input)).not.toContain('ab.cd.ef');
  });
});

describe('the payload', () => {
  const packet = new Uint8Array(100_000).fill(7);
  const publish = (payload: Uint8Array, payloads: boolean) =>
    keep('message.publish', { ...inputs()['message.publish'], message: aMessage({ payload }) }, { payloads });

  it('is not kept by default, and its size is', () => {
    const record = publish(packet.subarray(0, 10), false);
    expect(record.payload).toBeUndefined();
    expect(record.payloadBytes).toBe(10);
    expect((record.input as HookInput<'message.publish'>).message.payload.byteLength).toBe(0);
  });

  it('is copied out of the packet it came in, so that the packet is not held', () => {
    const record = publish(packet.subarray(5, 15), true);
    expect([...(record.payload ?? [])]).toEqual(Array(10).fill(7));
    expect(record.payload?.buffer.byteLength).toBeLessThanOrEqual(Buffer.poolSize);
    expect(record.payload?.buffer).not.toBe(packet.buffer);
  });

  it('is copied out of a packet that is a buffer of Node, too, whose slices are views', () => {
    const received = Buffer.alloc(200_000, 7);
    for (const size of [10, 10_000, 100_000]) {
      const record = publish(received.subarray(5, 5 + size), true);
      expect(record.payload?.byteLength).toBe(Math.min(size, MAX_PAYLOAD));
      expect(record.payload?.buffer).not.toBe(received.buffer);
    }
  });

  it('is not copied when it has memory of its own', () => {
    const payload = new Uint8Array(5000);
    expect(publish(payload, true).payload).toBe(payload);
  });

  it('is cut at 64 KiB', () => {
    const record = publish(packet, true);
    expect(record.payload?.buffer.byteLength).toBe(MAX_PAYLOAD);
    expect(record.payloadBytes).toBe(100_000);
  });
});
