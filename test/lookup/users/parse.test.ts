import { describe, expect, it } from 'vitest';
import { formatOf, parseUsers, type UserFormat } from '../../../src/lookup/users/parse.ts';
import type { UserOptions } from '../../../src/policy/login/user-record.ts';

const HASH = '$2y$05$E6B0wHD49XoES6YwSnKtM.aNrF1GMG4ugVvNQsMp90y3AW4dYj1ty';
const SCRYPT = '$scrypt$ln=4,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$WR1WhV7lLTjE5goI5L//lyViee6N4+kNt8tp3dlIwZw';
const EMQX: UserOptions = { hash: { algorithm: 'sha256', salt_position: 'prefix' } };

/** The same two users in every form. */
const forms: readonly [UserFormat, string][] = [
  [
    'yaml',
    `# comment\n- username: anna\n  hash: ${HASH}\n  tags: { site: berlin }\n- clientid: m1\n  hash: "${SCRYPT}"\n`,
  ],
  [
    'yaml',
    `users:\n  - { username: anna, hash: "${HASH}", tags: [site=berlin] }\n  - clientid: m1\n    hash: "${SCRYPT}"\n`,
  ],
  [
    'json',
    JSON.stringify(
      [
        { username: 'anna', hash: HASH, tags: { site: 'berlin' } },
        { clientid: 'm1', hash: SCRYPT },
      ],
      null,
      2,
    ),
  ],
  [
    'jsonl',
    `{"username":"anna","hash":"${HASH}","tags":"site=berlin"}\r\n\n{"clientid":"m1","hash":"${SCRYPT}"}\n`,
  ],
  ['csv', `username,clientid,hash,tags\nanna,,${HASH},site=berlin\n,m1,"${SCRYPT}",\n`],
];

it('follows merge keys in YAML, for more users than the limit of aliases', () => {
  const others = Array.from({ length: 300 }, (_, i) => `- { <<: *base, username: u${i} }\n`).join('');
  const text = `- &base { username: first, hash: "${HASH}", tags: [device] }\n${others}`;
  const result = parseUsers(text, 'yaml');
  expect(result.ok && result.users.size).toBe(301);
  expect(result.ok && { ...result.users.byUsername.get('u299')?.tags }).toEqual({ device: 'true' });
});

it.each([
  ['- { <<: 5, username: a }', /<< must refer/],
  [`- &b { username: a, hash: "${HASH}" }\n- { <<: *b, username: b, username: c }`, /DUPLICATE_KEY/],
  [`- &b { username: a, hash: "${HASH}" }\n- { <<: *b }`, /is listed twice/],
])('explains errors of merge keys: %s', (text, message) => {
  const result = parseUsers(text, 'yaml');
  expect(!result.ok && result.problems[0]?.message).toMatch(message);
});

it('counts the hashes that can be guessed quickly', () => {
  const weak = ['{SHA}LgdsmcG6bN7Y4xhPVNpFz8cNZ5o=', '{SMD5}P9zTbrgutojQFrG8ycE582Qsxdg='];
  const text = [HASH, ...weak].map((hash, i) => `u${i}:${hash}\n`).join('');
  const result = parseUsers(text, 'passwd');
  expect(result.ok && result.users.weak).toBe(2);
});

describe('parseUsers', () => {
  it.each(forms)('reads users in %s', (format, text) => {
    const result = parseUsers(text, format);
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    expect(result.users.byUsername.get('anna')).toMatchObject({
      hash: { kind: 'bcrypt' },
      tags: { site: 'berlin' },
    });
    expect(result.users.byClientId.get('m1')).toMatchObject({ hash: { kind: 'scrypt' } });
    expect(result.users.size).toBe(2);
  });

  it('names the line of an error in a long JSON text', () => {
    const users = Array.from({ length: 20_000 }, (_, i) => `{ "username": "u,]${i}", "hash": "${HASH}" }`);
    const text = (list: readonly string[]) => `[\n${list.join(',\n')}\n]\n`;
    expect(parseUsers(text(users), 'json').ok).toBe(true);
    for (const wrong of ['{ "username": "x" "hash": 1 }', '{ username: x }', 'x', '']) {
      const result = parseUsers(text([...users.slice(0, 15_000), wrong, ...users.slice(15_000)]), 'json');
      expect(result).toEqual({ ok: false, problems: [{ line: 15_002, message: 'not valid JSON' }] });
    }
    expect(parseUsers(text(users).slice(0, -3), 'json')).toEqual({
      ok: false,
      problems: [{ line: 1, message: 'not valid JSON' }],
    });
  });

  it.each([`bob :${HASH}`, ` bob:${HASH}`, `bob: ${HASH}`, `bob\t:\t${HASH}\t`, `bob : ${HASH} \r`])(
    'trims blanks around name and hash, as mosquitto does: %j',
    (line) => {
      const result = parseUsers(`${line}\n`, 'passwd');
      expect(result.ok && result.users.byUsername.get('bob')?.username).toBe('bob');
    },
  );

  it.each([`pbkdf2:sha256:1000$salt$${'ab'.repeat(32)}`, `scrypt:16384:8:1$salt$${'ab'.repeat(64)}`])(
    'reads the hashes of Werkzeug behind a name, although they hold colons: %s',
    (hash) => {
      expect(parseUsers(`bob:${hash}\n`, 'passwd')).toMatchObject({ ok: true, users: { size: 1 } });
      expect(parseUsers(`bob:${HASH}:${hash}\n`, 'passwd')).toMatchObject({ ok: false });
    },
  );

  it('reads what mosquitto_passwd and htpasswd write', () => {
    const result = parseUsers(
      `# made by htpasswd\nanna:${HASH}\nbert:$7$101$U03AlKEZTL5GLdbY$${'A'.repeat(86)}==\n`,
      'passwd',
    );
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    expect(result.users.size).toBe(2);
    for (const username of ['anna', 'bert'])
      expect(result.users.byUsername.get(username)).toMatchObject({ username });
  });

  // The documented example of EMQX's import: "Use HTTP API to Manage User Data".
  it.each<[UserFormat, string]>([
    [
      'csv',
      `user_id,password_hash,salt,is_superuser
myuser3,b6c743545a7817ae8c8f624371d5f5f0373234bb0ff36b8ffbf19bce0e06ab75,de1024f462fb83910fd13151bd4bd235,true
myuser4,ee68c985a69208b6eda8c6c9b4c7c2d2b15ee2352cdd64a903171710a99182e8,ad773b5be9dd0613fe6c2f4d8c403139,false
`,
    ],
    [
      'json',
      `[
    { "user_id":"myuser3", "salt": "de1024f462fb83910fd13151bd4bd235", "is_superuser": true,
      "password_hash":"b6c743545a7817ae8c8f624371d5f5f0373234bb0ff36b8ffbf19bce0e06ab75" },
    { "user_id":"myuser4", "salt": "ad773b5be9dd0613fe6c2f4d8c403139", "is_superuser": false,
      "password_hash":"ee68c985a69208b6eda8c6c9b4c7c2d2b15ee2352cdd64a903171710a99182e8" }
]`,
    ],
  ])('reads what EMQX imports and exports, in %s', (format, text) => {
    const result = parseUsers(text, format, EMQX);
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    expect(result.users.byUsername.get('myuser3')).toMatchObject({
      tags: { superuser: 'true' },
      hash: { position: 'prefix' },
    });
    expect({ ...result.users.byUsername.get('myuser4')?.tags }).toEqual({});
  });

  it.each<[UserFormat, string, number, RegExp]>([
    ['yaml', `- username: a\n  hash: "${HASH}"\n- username: b\n`, 3, /needs one of/],
    ['yaml', '- username: a\n hash: x\n', 2, /not valid YAML \([A-Z_]+\)/],
    ['yaml', '- username: a\n  username: b\n', 2, /not valid YAML \(DUPLICATE_KEY\)/],
    ['yaml', 'anna: secret\n', 1, /expected a list/],
    ['yaml', 'anna\n', 1, /expected a list/],
    [
      'json',
      `[\n  {"username":"a","hash":"${HASH}"},\n  {"username":"{[,b",\n   "hash":"x"}\n]`,
      3,
      /not a known form/,
    ],
    ['json', '[\n 1,\n {"username":"b"}\n]', 2, /expected object/],
    ['json', '[\n  {"username":"a",,}\n]', 2, /not valid JSON/],
    ['json', '- a', 1, /not valid JSON, although/],
    ['json', '{}', 1, /expected an array/],
    ['jsonl', `{"username":"a","hash":"${HASH}"}\n\n{"username":\n`, 3, /not a JSON object/],
    ['jsonl', '\n"SECRET"\n', 2, /expected object/],
    ['csv', '', 1, /column names/],
    ['csv', `username,hash\na,${HASH}\nb\n`, 3, /expected 2 cells, found 1/],
    ['csv', `username,username\na,b\n`, 1, /twice/],
    ['csv', `username,hash\na,${HASH}\n"b,${HASH}\n`, 3, /not closed/],
    ['csv', `username,role,hash\na,x,${HASH}\n`, 2, /unknown field/],
    ['passwd', `a:${HASH}\nb\n`, 2, /expected name:hash/],
    ['passwd', `a:${HASH}\nb:$apr1$x$y\n`, 2, /htpasswd -m/],
    ['passwd', `a:${HASH}\n : ${HASH}\n`, 2, /expected name:hash/],
  ])('refuses broken %s with the line: %j', (format, text, line, message) => {
    const result = parseUsers(text, format);
    expect(result).toMatchObject({
      ok: false,
      problems: expect.arrayContaining([expect.objectContaining({ line })]),
    });
    expect(JSON.stringify(result)).toMatch(message);
    expect(JSON.stringify(result)).not.toContain('SECRET');
  });

  it.each(['yaml', 'jsonl', 'json'] as const)('reads no users from an empty list in %s', (format) => {
    expect(parseUsers(format === 'json' ? '[]' : '', format)).toMatchObject({
      ok: true,
      users: { size: 0, decoy: undefined },
    });
  });

  it('refuses YAML aliases that unfold into a bomb', () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...'bcdefghi'.split('').map((c, i) => `${c}: &${c} [${Array(9).fill(`*${'abcdefghi'[i]}`)}]`),
    ];
    expect(() => parseUsers(`users: [{ ${bomb.join(', ')} }]`, 'yaml')).not.toThrow();
    expect(parseUsers(`users: [{ ${bomb.join(', ')} }]`, 'yaml')).toMatchObject({ ok: false });
  });
});

describe('formatOf', () => {
  it.each([
    ['users.csv', 'csv'],
    ['/etc/users.YAML', 'yaml'],
    ['a.yml', 'yaml'],
    ['a.json', 'json'],
    ['a.ndjson', 'jsonl'],
    ['a.jsonl', 'jsonl'],
    ['.htpasswd', 'passwd'],
    ['users', undefined],
    ['users.txt', undefined],
  ])('%s is %s', (path, format) => {
    expect(formatOf(path)).toBe(format);
  });
});
