import { describe, expect, it } from 'vitest';
import {
  compileClaims,
  findClaimMismatch,
  readClaim,
  tagsOfClaim,
} from '../../../src/policy/login/claims.ts';

const client = { clientid: 'meter-1', username: 'anna', cert_common_name: '' };

describe('findClaimMismatch', () => {
  it.each<[Record<string, string>, Record<string, unknown>, string | undefined]>([
    [{}, {}, undefined],
    [{ sub: '${clientid}' }, { sub: 'meter-1' }, undefined],
    [{ sub: '${clientid}' }, { sub: 'meter-2' }, 'sub'],
    [{ sub: '${clientid}' }, { sub: 'METER-1' }, 'sub'],
    [{ sub: '${clientid}' }, {}, 'sub'],
    [{ sub: '${clientid}' }, { sub: null }, 'sub'],
    [{ sub: '${clientid}' }, { sub: { toString: 'meter-1' } }, 'sub'],
    [{ sub: 'device:${clientid}' }, { sub: 'device:meter-1' }, undefined],
    [{ sub: 'device:${clientid}' }, { sub: 'device:' }, 'sub'],
    [{ role: 'device' }, { role: 'device' }, undefined],
    [{ sub: '${username}', id: '${clientid}' }, { sub: 'anna', id: 'meter-1' }, undefined],
    [{ sub: '${username}', id: '${clientid}' }, { sub: 'anna', id: 'other' }, 'id'],
    [{ 'device.id': '${clientid}' }, { device: { id: 'meter-1' } }, undefined],
    [{ devices: '${clientid}' }, { devices: ['meter-0', 'meter-1'] }, undefined],
    [{ devices: '${clientid}' }, { devices: ['meter-0'] }, 'devices'],
    [{ devices: '${clientid}' }, { devices: [['meter-1']] }, 'devices'],
    [{ level: '3', admin: 'true' }, { level: 3, admin: true }, undefined],
    // Who has no certificate does not match a claim of nobody's.
    [{ cn: '${cert_common_name}' }, { cn: '' }, 'cn'],
    [{ cn: '${cert_subject}' }, { cn: '' }, 'cn'],
    [{ cn: '${cert_subject}' }, { cn: 'undefined' }, 'cn'],
  ])('%j against %j: %j', (config, claims, mismatch) => {
    expect(findClaimMismatch(claims, compileClaims(config), client)).toBe(mismatch);
  });
});

describe('compileClaims', () => {
  it('names the claim whose template is wrong', () => {
    expect(() => compileClaims({ sub: '${password}' })).toThrow(
      /^claims\.sub: unknown placeholder \$\{password\}: use one of \$\{clientid\}/,
    );
  });
});

describe('readClaim', () => {
  it.each<[Record<string, unknown>, string, unknown]>([
    [{ a: 1 }, 'a', 1],
    [{ a: { b: { c: 2 } } }, 'a.b.c', 2],
    [{ 'https://example.com/roles': ['x'] }, 'https://example.com/roles', ['x']],
    [{ 'a.b': 1, a: { b: 2 } }, 'a.b', 1],
    [{ a: 'text' }, 'a.length', undefined],
    [{ a: ['x'] }, 'a.0', 'x'],
    [{}, 'constructor.name', undefined],
    [{ a: null }, 'a.b', undefined],
    // Names of clients of Keycloak, and of namespaces, have dots.
    [{ resource_access: { 'my.app': { roles: ['x'] } } }, 'resource_access.my.app.roles', ['x']],
    [{ 'https://example.com': { a: { roles: ['x'] } } }, 'https://example.com.a.roles', ['x']],
    [{ a: { c: 1 }, 'a.b': { c: 2 } }, 'a.b.c', 2],
    [{ a: { b: { c: 1 } }, 'a.b': { c: 2 } }, 'a.b.c', 1],
    [{ a: {} }, 'a.constructor.name', undefined],
  ])('of %j, %s is %j', (claims, path, value) => {
    expect(readClaim(claims, path)).toEqual(value);
  });
});

describe('tagsOfClaim', () => {
  it('reads tags in any form, or none if the claim is missing', () => {
    expect({ ...tagsOfClaim({ scope: 'read write' }, 'scope')?.tags }).toEqual({
      read: 'true',
      write: 'true',
    });
    expect({ ...tagsOfClaim({ realm_access: { roles: ['admin'] } }, 'realm_access.roles')?.tags }).toEqual({
      admin: 'true',
    });
    expect({ ...tagsOfClaim({}, 'tags')?.tags }).toEqual({});
    expect(tagsOfClaim({ tags: true }, 'tags')).toBeUndefined();
  });
});
