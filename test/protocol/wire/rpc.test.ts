import { describe, expect, it } from 'vitest';
import { hookNames } from '../../../src/protocol/schema/hook-name.ts';
import { methodOf } from '../../../src/protocol/wire/descriptors.ts';
import { findRpc, hookNameIn, type Rpc, rpcs } from '../../../src/protocol/wire/rpc.ts';
import { protocols } from '../../../src/protocol/wire/versions.ts';
import wire from '../../fixtures/exhook-wire.json' with { type: 'json' };

/** Hook and RPC by name, where the versions do not agree on them. */
const named: Record<string, string> = {
  OnClientCheckAcl: 'client.authorize',
  OnSessionTakeovered: 'session.takenover',
};
const hookOf = (method: string) =>
  named[method] ??
  method
    .slice(2)
    .replace(/(?!^)[A-Z]/, (letter) => `.${letter}`)
    .toLowerCase();

const paths = wire.rpcs.flatMap(([method = '', , , versions = '']) =>
  versions.split(' ').map((version) => ({
    path: `/emqx.exhook.${version}.HookProvider/${method}`,
    version,
    method,
    hook: hookOf(method),
  })),
);

describe('the calls of all brokers', () => {
  it('are 64: 22 of version 3, and 21 of each before it, which lack message.ingress', () => {
    expect(rpcs).toHaveLength(64);
    expect(new Set(rpcs.map(({ path }) => path)).size).toBe(64);
    expect(protocols.map(({ version }) => version)).toStrictEqual(['v1', 'v2', 'v3']);
    for (const { version } of protocols)
      expect(rpcs.filter((rpc) => rpc.version === version).map(({ hook }) => hook)).toStrictEqual(
        hookNames.filter((name) => version === 'v3' || name !== 'message.ingress'),
      );
  });

  it('match the interface', () => {
    expect(rpcs.map(({ path }) => path).sort()).toStrictEqual(paths.map(({ path }) => path).sort());
  });

  it.each(paths)('$path goes to $hook, in its own version', ({ path, version, method, hook }) => {
    const rpc = findRpc(path);
    expect(rpc).toMatchObject({ path, version, hook });
    expect(methodOf(rpc as Rpc).name).toBe(method);
    expect(rpc?.request).toBe(methodOf(rpc as Rpc).input.typeName);
    expect(rpc?.response).toBe(methodOf(rpc as Rpc).output.typeName);
  });

  it.each([
    '',
    '/',
    'toString',
    '__proto__',
    '/emqx.exhook.v3.HookProvider/',
    '/emqx.exhook.v3.HookProvider/OnClientCheckAcl',
    '/emqx.exhook.v2.HookProvider/OnSessionTakeovered',
    '/emqx.exhook.v1.HookProvider/OnClientAuthorize',
    '/emqx.exhook.v1.HookProvider/OnSessionTakenover',
    '/emqx.exhook.v4.HookProvider/OnClientConnect',
    '/emqx.exhook.v3.HookProvider/onClientConnect',
    '/emqx.exhook.v3.HookProvider/OnClientConnect/',
    'emqx.exhook.v3.HookProvider/OnClientConnect',
  ])('are not found at %j', (path) => {
    expect(findRpc(path)).toBeUndefined();
  });
});

describe('hookNameIn', () => {
  it.each(hookNames)('spells %s as versions 2 and 3 do', (name) => {
    expect(hookNameIn('v2', name)).toBe(name);
    expect(hookNameIn('v3', name)).toBe(name);
  });

  it('spells two hooks otherwise in version 1', () => {
    const spelt = hookNames.map((name) => hookNameIn('v1', name));
    expect(spelt.filter((name, index) => name !== hookNames[index])).toStrictEqual([
      'client.check_acl',
      'session.takeovered',
    ]);
  });

  it.each(['own.hook', 'constructor', ''])('leaves %j alone', (name) => {
    expect(hookNameIn('v1', name)).toBe(name);
  });
});
