import jsonwebtoken from 'jsonwebtoken';
import { describe, expect, it } from 'vitest';
import { HIDDEN_TOKEN, hideToken, withoutTokens } from '../../../src/protocol/schema/token.ts';
import { aClient, aConnection, aMessage, someOptions } from '../../support/inputs.ts';

const token = jsonwebtoken.sign({ sub: 'x' }, 'a secret of thirty-two bytes or so', { algorithm: 'HS256' });

describe('a user name that is a token', () => {
  it.each([
    ['signed', token],
    ['not signed', `${token.split('.').slice(0, 2).join('.')}.`],
    ['encrypted', `${token}.c2Vjb25k.dGhpcmQ`],
    ['written with a space', `${Buffer.from('{ "alg": "none" }').toString('base64url')}.e30.`],
  ])('is hidden: %s', (_, username) => {
    expect(hideToken(username)).toBe(HIDDEN_TOKEN);
  });

  it.each([
    [''],
    ['alice'],
    ['site.room.sensor'],
    ['eyelid-sensors.room.1'],
    ['eyJ'],
    ['key.eyJhbGciOi'],
    ['eyJohn@example.com'],
    [`a ${token}`],
  ])('is not another name: %s', (username) => {
    expect(hideToken(username)).toBe(username);
  });
});

describe('an event', () => {
  it('is left as it is without a token', () => {
    const data = { clientinfo: aClient(), message: aMessage(), subopts: someOptions() };
    expect(withoutTokens(data)).toBe(data);
    const other = { broker: { version: '5' } };
    expect(withoutTokens(other)).toBe(other);
    const sender = { message: aMessage({ headers: {} }) };
    expect(withoutTokens(sender)).toBe(sender);
  });

  it('tells of no token, wherever a user name stands', () => {
    const headers = { username: token, protocol: 'mqtt' };
    const data = {
      clientinfo: aClient({ username: token }),
      conninfo: aConnection({ username: token }),
      message: aMessage({ headers }),
      reason: 'kept',
    };
    const told = withoutTokens(data);
    expect(told).toEqual({
      clientinfo: aClient({ username: HIDDEN_TOKEN }),
      conninfo: aConnection({ username: HIDDEN_TOKEN }),
      message: aMessage({ headers: { ...headers, username: HIDDEN_TOKEN } }),
      reason: 'kept',
    });
    // Policies still need it.
    expect(data.clientinfo.username).toBe(token);
    expect(data.message.headers.username).toBe(token);
  });

  it('hides the publisher of a message that a client with a name receives', () => {
    const data = { clientinfo: aClient(), message: aMessage({ headers: { username: token } }) };
    expect(withoutTokens(data)).toMatchObject({
      clientinfo: { username: 'alice' },
      message: { headers: { username: HIDDEN_TOKEN } },
    });
  });
});
