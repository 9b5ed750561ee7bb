/** `exhook explain`, `exhook test` and `exhook hash`, without a process. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, describe, expect, it } from 'vitest';
import { explainAuthenticateCommand, explainAuthorizeCommand } from '../../../src/cli/commands/explain.ts';
import { hashCommand } from '../../../src/cli/commands/hash.ts';
import { readPassword } from '../../../src/cli/commands/password.ts';
import { testCommand } from '../../../src/cli/commands/test.ts';
import { hashForms } from '../../../src/lookup/password/hash.ts';
import { verifyPassword } from '../../../src/lookup/password/verify.ts';
import { parseHashFields } from '../../../src/policy/login/password-fields.ts';
import { aTerminal } from '../../support/terminal.ts';

const directory = mkdtempSync(join(tmpdir(), 'exhook-commands-'));
afterAll(() => rmSync(directory, { recursive: true }));

const config = join(directory, 'exhook.yaml');
writeFileSync(
  config,
  JSON.stringify({
    authenticate: {
      methods: [
        {
          users: { allowPlain: true, list: [{ username: 'u', password: 'right', tags: { site: 'north' } }] },
        },
        { jwt: { secret: 'x'.repeat(32) } },
      ],
    },
    authorize: {
      rules: [
        { name: 'own', allow: 'all', topics: 'site/${tag.site}/#' },
        { name: 'secret', deny: 'subscribe', topics: 'secret' },
      ],
    },
  }),
);

function fileOf(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

describe('exhook explain authorize', () => {
  it.each<[object, number, string[]]>([
    [{ username: 'u', publish: 'site/north/x' }, 0, ['allow, by own: a rule allows it']],
    [
      { username: 'u', publish: 'site/south/x' },
      1,
      [
        'deny, by otherwise: no rule was hit',
        'came close:',
        'own: "site/north/#" does not match "site/south/x"',
      ],
    ],
    [{ username: 'x', tag: ['site=south'], publish: 'site/south/x' }, 0, ['allow, by own']],
    [{ username: 'x', subscribe: '+' }, 1, ['deny, by secret', 'own:', 'tag.site is empty']],
    [
      { username: 'u', subscribe: '$queue/site/north/x', emqx: '5.8.3' },
      0,
      ['allow, by own', 'to EMQX 5.8.3 this is "site/north/x"'],
    ],
    [
      { username: 'u', subscribe: '$queue/site/#', emqx: '6.2.0' },
      1,
      [
        'deny, by secret',
        'to EMQX 6.2.0 this is "#"; denials of "site/#" also apply; a rule may name "$queue/site/#"',
      ],
    ],
    [
      { username: 'u', subscribe: '$queue/a/site/north/x' },
      1,
      [
        'deny, by otherwise',
        'to a broker of any release (use --emqx to select one) this is "a/site/north/x" and "site/north/x"',
      ],
    ],
    [
      { username: 'u', subscribe: '$new/site/north/x' },
      1,
      ['deny, by secret', 'this is any topic; a rule may name "$new/site/north/x"'],
    ],
  ])('%j -> %i', async (options, status, lines) => {
    const terminal = aTerminal();
    expect(await explainAuthorizeCommand({ config, ...options }, {}, terminal)).toBe(status);
    for (const line of lines) expect(terminal.output).toContain(line);
  });

  it.each([
    {},
    { publish: 'a', subscribe: 'a' },
    { publish: 'a/+' },
    { subscribe: 'a#' },
    { publish: 'a', tag: ['=5'] },
    { publish: 'a', emqx: 'latest' },
  ])('reports the errors in %j', async (options) => {
    const terminal = aTerminal();
    expect(await explainAuthorizeCommand({ config, ...options }, {}, terminal)).toBe(2);
    expect(terminal.errors).toMatch(/--/);
  });
});

describe('exhook explain authenticate', () => {
  it.each([
    ['u', 'right', 0, ['users: admits the client', 'allow, by users: recognised', 'tags: site=north']],
    ['u', 'wrong', 1, ['users: refuses the client: bad_password', 'deny, by users: bad_password']],
    [
      'x',
      'right',
      1,
      [
        'users: does not recognise the client',
        'jwt: does not recognise the client (not_a_token)',
        'deny, by otherwise',
      ],
    ],
  ])('%s with %s -> %i', async (username, password, status, lines) => {
    const terminal = aTerminal();
    const code = await explainAuthenticateCommand({ config, username }, async () => password, {}, terminal);
    expect(code).toBe(status);
    for (const line of lines) expect(terminal.output).toContain(line);
    expect(terminal.output).not.toContain(password === 'right' ? "'right'" : 'wrong');
  });
});

describe('exhook test', () => {
  const test = (text: string) => fileOf('tests.yaml', text);
  const good = `config: ./exhook.yaml
tests:
  - client: { username: u, password: right }
    login: { expect: allow, by: users }
    allow: [publish site/north/x]
`;

  it('passes if all results match, and lists rules that were never hit', async () => {
    const terminal = aTerminal();
    const file = test(good);
    expect(await testCommand([file], { tap: false }, {}, terminal)).toBe(0);
    expect(terminal.output).toBe(
      `ok    u: login: allow, by users
ok    u: publish site/north/x: allow, by own
2 facts, all as expected.
${file}: 1 of 2 rules decided something; never: secret.`,
    );
  });

  it('judges prefixes by the release of EMQX that the file names', async () => {
    const facts = (release: string, verdict: string) =>
      test(`config: ./exhook.yaml
${release}
tests:
  - client: { username: u, password: right }
    login: allow
    ${verdict}: ['subscribe $queue/site/north/x']
`);
    const run = async (file: string) => await testCommand([file], { tap: false }, {}, aTerminal());
    expect(await run(facts('emqx: 5.8.3', 'allow'))).toBe(0);
    expect(await run(facts('emqx: 6.2.0', 'deny'))).toBe(0);
    expect(await run(facts('', 'deny'))).toBe(0);
    expect(await run(facts('emqx: newest', 'deny'))).toBe(2);
  });

  it('fails with the expected and the actual result', async () => {
    const terminal = aTerminal();
    const file = test(good.replace('allow: [', 'deny: [').replace('by: users', 'by: jwt'));
    expect(await testCommand([file], { tap: false }, {}, terminal)).toBe(1);
    expect(terminal.output).toContain(`FAIL  u: login
      - expected allow, by jwt
      + got      allow, by users (recognised)
FAIL  u: publish site/north/x
      - expected deny
      + got      allow, by own (a rule allows it)
2 facts, 2 not as expected.`);
  });

  it('speaks TAP', async () => {
    const terminal = aTerminal();
    await testCommand([test(good.replace('north/x', 'south/x'))], { tap: true }, {}, terminal);
    expect(terminal.output).toContain(`TAP version 14
1..2
ok 1 - u: login
not ok 2 - u: publish site/south/x
  ---
  expected: "allow"
  actual: "deny, by otherwise"
  reason: "no rule was hit"
  ...
# 2 facts, 1 not as expected.`);
  });

  it.each([
    ['tests: []', ':1:1 config: '],
    [`${good}more: 1\n`, ':6:1 more: is not a key here'],
    [
      good.replace('publish site', 'send site'),
      ':5:13 tests[0].allow[0]: does not begin with publish or subscribe',
    ],
    [good.replace('publish site/north/x', 'publish a/+'), 'tests[0].allow[0]: a topic name must not contain'],
    [good.replace('expect: allow', 'expect: yes'), 'tests[0].login'],
    ['config: ./none.yaml\ntests: [{ client: {}, login: deny }]', 'none.yaml: cannot be read (ENOENT)'],
    ['a: [', 'tests.yaml:1:'],
  ])('refuses %j', async (text, problem) => {
    const terminal = aTerminal();
    expect(await testCommand([test(text)], { tap: false }, {}, terminal)).toBe(2);
    expect(terminal.errors).toContain(problem);
  });

  it('refuses a file that is not there', async () => {
    const terminal = aTerminal();
    expect(await testCommand([join(directory, 'none')], { tap: false }, {}, terminal)).toBe(2);
    expect(terminal.errors).toContain('cannot be read (ENOENT)');
  });
});

describe('exhook hash', () => {
  const cheap = { cost: 4, memoryKiB: 64, passes: 1, logN: 4, iterations: 10 };

  it.each(hashForms)('makes %s, which users files take', async (form) => {
    const terminal = aTerminal();
    expect(await hashCommand(form, cheap, async () => 'tide-pool', terminal)).toBe(0);
    const fields = terminal.output.startsWith('{') ? JSON.parse(terminal.output) : { hash: terminal.output };
    expect(await verifyPassword('tide-pool', parseHashFields(fields))).toBe(true);
    expect(terminal.output).not.toContain('tide-pool');
  });

  it.each([
    ['rot13', 'x', 'unknown form "rot13"; write one of: argon2id'],
    ['argon2id', '', 'the password is empty'],
    ['bcrypt', 'x'.repeat(73), 'bcrypt ignores everything after 72 bytes'],
  ])('refuses %s of %j', async (form, password, problem) => {
    const terminal = aTerminal();
    expect(await hashCommand(form, cheap, async () => password, terminal)).toBe(2);
    expect(terminal.errors).toContain(problem);
  });
});

describe('a password', () => {
  it('is all of standard input but a line break at its end', async () => {
    const stdin = new PassThrough();
    stdin.end('päss word\n');
    expect(await readPassword({ stdin: stdin as never, prompt: () => {} })).toBe('päss word');
  });

  it.each([
    ['abc\r', 'abc'],
    ['abx\u007fc\n', 'abc'],
    ['ab\u0003', undefined],
  ])('typed as %j is %j, and not shown', async (typed, password) => {
    const modes: boolean[] = [];
    const stdin = Object.assign(new PassThrough(), {
      isTTY: true,
      setRawMode: (mode: boolean) => void modes.push(mode),
    });
    const shown: string[] = [];
    const read = readPassword({ stdin: stdin as never, prompt: (text) => void shown.push(text) });
    stdin.write(typed);
    expect(await read).toBe(password);
    expect([modes, shown]).toEqual([
      [true, false],
      ['Password: ', '\n'],
    ]);
  });
});
