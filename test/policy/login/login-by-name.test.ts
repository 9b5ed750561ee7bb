import { describe, expect, it } from 'vitest';
import {
  anonymousMethod,
  certificateMethod,
  type NameConditions,
} from '../../../src/policy/login/login-by-name.ts';
import type { Login } from '../../../src/policy/policy.ts';
import { compileText } from '../../../src/policy/text/text-template.ts';

const client: Login = {
  username: '',
  clientid: 'c1',
  password: '',
  peerhost: '10.0.0.1',
  cn: 'c1',
  dn: 'CN=c1,O=acme',
  protocol: 'mqtt',
  mountpoint: '',
};

describe('a certificate', () => {
  const template = compileText('${clientid}', ['clientid', 'username']);
  const user = compileText('${username}', ['clientid', 'username']);

  it.each<[NameConditions | undefined, NameConditions | undefined, Partial<Login>, string]>([
    [[template], undefined, {}, 'allow'],
    [[template], undefined, { clientid: 'c2' }, 'unknown'],
    [[template], undefined, { cn: '', dn: '' }, 'unknown'],
    [[user], undefined, { cn: '', username: '' }, 'unknown'],
    [['c0', 'c1'], undefined, {}, 'allow'],
    [[{ like: 'c*' }], undefined, { cn: 'd1' }, 'unknown'],
    [undefined, [{ regex: ',O=acme$' }], {}, 'allow'],
    [[template], [{ regex: ',O=other$' }], {}, 'unknown'],
  ])('%j and %j: %j -> %s', (commonName, subject, changes, result) => {
    const method = certificateMethod({ name: 'certificate', commonName, subject, tags: { device: 'true' } });
    const answer = method.judge?.({ ...client, ...changes });
    expect(answer?.result).toBe(result);
    if (result === 'allow') expect(answer).toMatchObject({ grant: { tags: { device: 'true' } } });
  });
});

describe('anonymous', () => {
  it.each([
    [{}, 'allow'],
    [{ username: 'u' }, 'unknown'],
    [{ peerhost: '192.0.2.1' }, 'unknown'],
  ])('%j -> %s', (changes, result) => {
    const method = anonymousMethod({ name: 'a', who: { address: '10.0.0.0/8' }, tags: {} });
    expect(method.judge?.({ ...client, ...changes }).result).toBe(result);
  });
});
