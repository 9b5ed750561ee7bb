import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openAclFiles } from '../../../src/lookup/acl/files.ts';
import { openRules } from '../../../src/lookup/policy/rules.ts';
import { Authorize } from '../../../src/lookup/sections/authorize.ts';

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'acl-'));
  path = join(directory, 'mosquitto.acl');
});
afterEach(() => rmSync(directory, { recursive: true }));

const write = (...lines: string[]) => writeFileSync(path, lines.join('\n'));

async function open(sources: readonly object[] = [{ mosquitto: path }]) {
  const log: string[] = [];
  const problems: string[] = [];
  const write = (message: string) => void log.push(message.replaceAll(directory, ''));
  const world = { isDry: false, log: { info: write, warn: write, error: write } } as never;
  const changed = vi.fn();
  const config = Authorize.parse({ sources, rules: [{ name: 'own', deny: 'all', topics: 'secret/#' }] });
  const rules = await openRules(config, undefined, world, changed, problems);
  const ask = (username: string, topic: string) =>
    rules.inForce.judge({ clientid: 'c', username, peerhost: '192.0.2.1', cn: '' }, 'publish', topic).verdict;
  return { rules, log, problems, changed, ask };
}

const untilChanged = (changed: ReturnType<typeof vi.fn>, times: number) =>
  vi.waitFor(() => expect(changed).toHaveBeenCalledTimes(times), { timeout: 20_000 });

describe('ACL files', () => {
  it('take effect after the rules of the configuration, and again when one has changed', async () => {
    write('user anna', 'topic a/#', 'topic secret/#');
    const { rules, ask, changed, log } = await open();
    expect([ask('anna', 'a/b'), ask('anna', 'secret/x'), ask('bert', 'a/b')]).toEqual([
      'allow',
      'deny',
      'deny',
    ]);
    const before = rules.inForce.digest;
    write('user bert', 'topic a/#');
    await untilChanged(changed, 1);
    expect([ask('anna', 'a/b'), ask('bert', 'a/b')]).toEqual(['deny', 'allow']);
    expect(rules.inForce.digest).not.toBe(before);
    expect(log).toEqual(['/mosquitto.acl changed and was reloaded']);
    rules.close();
  });

  it('of twenty thousand users are found, each for its user', async () => {
    write(...Array.from({ length: 20_000 }, (_, i) => `user device-${i}\ntopic d/${i}/#`));
    const { rules, ask, problems } = await open();
    expect(problems).toEqual([]);
    expect(rules.inForce.rules.length).toBe(20_001 + 1);
    for (const i of [0, 9999, 19_999])
      expect([ask(`device-${i}`, `d/${i}/x`), ask(`device-${i}`, 'd/5/x')]).toEqual(['allow', 'deny']);
    rules.close();
  });

  it('that have not changed are neither checked nor compiled again for another policy', async () => {
    write('user anna', 'topic a/#');
    const source = Authorize.parse({ sources: [{ mosquitto: path }] }).sources;
    const options = { onChange: async () => {}, onProblem: () => {}, known: new Map() };
    const [first, second] = [await openAclFiles(source, options), await openAclFiles(source, options)];
    expect(second.files[0]).toBe(first.files[0]);
    write('user anna', 'topic b/#');
    const third = await openAclFiles(source, options);
    expect(third.files[0]?.rules[0]?.rule.topics).toBe('b/#');
  });

  it('with a mistake are refused with its line, and the rules before stay', async () => {
    write('user anna', 'topic a/#');
    const { rules, ask, changed, log } = await open();
    write('user anna', 'topic a/#', 'tropic b');
    await vi.waitFor(() => expect(log.length).toBe(1), { timeout: 20_000 });
    expect(log[0]).toMatch(
      /^\/mosquitto\.acl:3: a line must begin with .*; the previous rules stay in effect$/,
    );
    expect(changed).not.toHaveBeenCalled();
    expect(ask('anna', 'a/b')).toBe('allow');
    write('user anna', 'topic b/#');
    await untilChanged(changed, 1);
    expect(ask('anna', 'b/b')).toBe('allow');
    rules.close();
  });

  it('with very many mistakes name the first hundred, and how many there are besides', async () => {
    write(...Array.from({ length: 3000 }, () => 'tropic of cancer'));
    const { problems, rules } = await open();
    expect(problems.length).toBe(101);
    expect(problems[100]).toMatch(/: and 2900 more problems$/);
    rules.close();
  });

  it('that would allow everything to everyone are refused, at the start and later', async () => {
    const acl = join(directory, 'acl.conf');
    const everything = '{allow, all}.\n';
    writeFileSync(acl, everything);
    const config = { sources: [{ emqx: acl }], rules: [] };
    const log: string[] = [];
    const write = (message: string) => void log.push(message);
    const world = { isDry: false, log: { info: write, warn: write, error: write } } as never;
    const problems: string[] = [];
    (await openRules(Authorize.parse(config), undefined, world, () => {}, problems)).close();
    expect(problems).toEqual([expect.stringMatching(/^authorize: allows every topic/)]);
    writeFileSync(acl, '{allow, {user, "anna"}, all, ["a/#"]}.\n');
    const rules = await openRules(Authorize.parse(config), undefined, world, () => {}, []);
    writeFileSync(acl, everything);
    await vi.waitFor(() => expect(log.length).toBe(1), { timeout: 20_000 });
    expect(log[0]).toMatch(/^authorize: allows every topic.*stay in effect$/);
    rules.close();
  });
});
