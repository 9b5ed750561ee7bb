import { describe, expect, test } from 'vitest';
import { parseMosquittoAcl } from '../../../../src/policy/topics/acl/mosquitto.ts';
import { compileRules } from '../../../../src/policy/topics/authorize.ts';
import { someone } from '../../someone.ts';

function authorizeBy(text: string) {
  const acl = parseMosquittoAcl(text);
  if ('problems' in acl) throw new Error(JSON.stringify(acl.problems));
  return compileRules(acl.rules);
}

function problemsOf(text: string): string[] {
  const acl = parseMosquittoAcl(text);
  return 'problems' in acl ? acl.problems.map(({ line, message }) => `${line}: ${message}`) : [];
}

const anonymous = { username: '' };
const roger = { username: 'roger' };
const bob = { username: 'bob' };

type Row = readonly [
  changes: object,
  action: 'publish' | 'subscribe',
  topic: string,
  verdict: 'allow' | 'deny',
];

function truthTable(text: string, rows: readonly Row[]): void {
  const authorize = authorizeBy(text);
  test.each(rows)('%o %s %s: %s', (changes, action, topic, verdict) => {
    expect(authorize(someone(changes), action, topic).verdict).toBe(verdict);
  });
}

describe('sections', () => {
  truthTable(
    `# This affects access control for clients with no username.
topic read $SYS/#
topic news

user roger
topic foo/bar
topic write log/+
topic read   a topic/with blanks
`,
    [
      [anonymous, 'subscribe', '$SYS/#', 'allow'],
      [anonymous, 'publish', '$SYS/x', 'deny'],
      [anonymous, 'publish', 'news', 'allow'], // readwrite when nothing is said
      [anonymous, 'subscribe', 'news', 'allow'],
      [anonymous, 'publish', 'foo/bar', 'deny'],
      [roger, 'publish', 'foo/bar', 'allow'],
      [roger, 'subscribe', 'foo/bar', 'allow'],
      [roger, 'publish', 'log/1', 'allow'],
      [roger, 'subscribe', 'log/1', 'deny'],
      [roger, 'subscribe', 'a topic/with blanks', 'allow'],
      [roger, 'publish', 'news', 'deny'], // the first section is for those without a user name only
      [bob, 'publish', 'foo/bar', 'deny'],
      [bob, 'subscribe', 'news', 'deny'],
    ],
  );
});

describe('denials', () => {
  truthTable(
    `user roger
topic readwrite plant/#
topic deny plant/secret/#
user bob
topic read plant/#
user roger
topic write plant/secret/log
`,
    [
      [roger, 'publish', 'plant/1', 'allow'],
      [roger, 'publish', 'plant/secret/1', 'deny'], // before the grants, wherever they stand
      [roger, 'publish', 'plant/secret/log', 'deny'], // sections of one user are one section
      [roger, 'subscribe', 'plant/1', 'allow'],
      [roger, 'subscribe', 'plant/secret/1', 'deny'],
      [roger, 'subscribe', 'plant/#', 'deny'], // mosquitto would grant it and hold the secrets back
      [bob, 'subscribe', 'plant/#', 'allow'], // another user's denial
      [bob, 'subscribe', 'plant/secret/1', 'allow'],
    ],
  );
});

describe('patterns', () => {
  truthTable(
    `user roger
topic shared/roger/#
pattern write sensor/%u/data
pattern deny shared/#
pattern read shared/%c/#
pattern id-%c/x
topic after/the/pattern
`,
    [
      [roger, 'publish', 'sensor/roger/data', 'allow'],
      [roger, 'publish', 'sensor/bob/data', 'deny'],
      [roger, 'subscribe', 'sensor/roger/data', 'deny'],
      [bob, 'publish', 'sensor/bob/data', 'allow'], // for all users, whatever section it stands in
      [anonymous, 'publish', 'sensor//data', 'deny'],
      [roger, 'publish', 'shared/roger/x', 'allow'], // one's own section comes before all patterns
      [roger, 'publish', 'shared/bob/x', 'deny'],
      [bob, 'subscribe', 'shared/device-17/x', 'deny'], // denying patterns come before granting ones
      [anonymous, 'publish', 'id-device-17/x', 'allow'],
      [roger, 'publish', 'after/the/pattern', 'allow'],
      [bob, 'publish', 'after/the/pattern', 'deny'],
    ],
  );
});

describe('names with wildcards', () => {
  truthTable(
    `user a+b
topic own
user #
topic own
pattern write p/%c
pattern write open
`,
    [
      [{ username: 'a+b' }, 'publish', 'own', 'allow'], // decided before any pattern
      [{ username: '#' }, 'publish', 'own', 'allow'],
      [{ username: 'a+b' }, 'publish', 'open', 'deny'], // patterns are closed to dangerous names
      [{ username: '#' }, 'publish', 'open', 'deny'],
      [{ clientid: '#' }, 'publish', 'open', 'deny'],
      [{ clientid: '+' }, 'publish', 'p/x', 'deny'],
      [{ username: 'a/b' }, 'publish', 'open', 'allow'],
      [{ clientid: 'a/b' }, 'publish', 'open', 'allow'],
      [{ clientid: 'a/b' }, 'publish', 'p/a/b', 'deny'], // stricter than mosquitto: a name stays in its level
    ],
  );
});

describe('names with slashes cannot bypass a denying pattern', () => {
  truthTable(
    `pattern deny p/%u/secret
pattern p/#
`,
    [
      [bob, 'publish', 'p/bob/secret', 'deny'],
      [bob, 'publish', 'p/other/secret', 'allow'],
      [{ username: 'a/b' }, 'publish', 'p/a/b/secret', 'deny'],
      [{ clientid: 'a/b' }, 'publish', 'p/x', 'allow'], // no denial holds the client id
    ],
  );
});

describe('the needs of a subscription', () => {
  truthTable(
    `topic read a/+
topic read b/#
topic read c/1
topic read c/2
`,
    [
      [anonymous, 'subscribe', 'a/1', 'allow'],
      [anonymous, 'subscribe', 'a/+', 'allow'],
      [anonymous, 'subscribe', 'a/#', 'deny'],
      [anonymous, 'subscribe', 'b/+/x', 'allow'],
      [anonymous, 'subscribe', '$share/g/b/#', 'allow'],
      [anonymous, 'subscribe', 'c/+', 'deny'],
      [anonymous, 'subscribe', '#', 'deny'],
    ],
  );
});

test('an empty file denies everything', () => {
  expect(authorizeBy('')(someone(), 'publish', 'a').verdict).toBe('deny');
  expect(authorizeBy('# nothing\r\n\r\n')(someone(), 'subscribe', 'a').verdict).toBe('deny');
});

test('rules are named after their lines', () => {
  const authorize = authorizeBy('\nuser roger\ntopic a\r\npattern deny b/%c');
  expect(authorize(someone(roger), 'publish', 'a')).toMatchObject({ rule: { name: 'acl_file:3' } });
  expect(authorize(someone(), 'publish', 'b/device-17')).toMatchObject({ rule: { name: 'acl_file:4' } });
  expect(authorize(someone(), 'publish', 'c')).toMatchObject({
    rule: { name: 'acl_file: no line allows it' },
  });
  expect(authorize(someone({ clientid: 'a+' }), 'publish', 'c')).toMatchObject({
    rule: { name: 'acl_file: dangerous clientid' },
  });
});

describe('a line that cannot be read is reported', () => {
  test.each([
    ['topic', '1: names no topic'],
    ['topic read', '1: "read" names no topic'],
    ['topic rw a/b', '1: access must be "read", "write", "readwrite" or "deny", not "rw"'],
    ['topic a b', '1: access must be "read", "write", "readwrite" or "deny", not "a"'],
    ['user', '1: names no user'],
    ['topics a', '1: a line must begin with "user", "topic", "pattern" or "#", not "topics"'],
    [' # comment', '1: a line must begin with'], // mosquitto: only the first character of a line
    ['topic a+', '1: "a+" is not a topic filter'],
    ['topic read #/a', '1: "#/a" is not a topic filter'],
    ['pattern read +%u', '1: "+${username}" is not a topic filter'],
    ['topic read a/%u', '1: "a/%u": %u and %c are placeholders in "pattern" lines only'],
    ['topic read a/${username}', '1: "a/${username}": not a placeholder of mosquitto'],
    ['pattern read $share/g/a', '1: "$share/g/a": a shared subscription is judged by its filter'],
  ])('%s', (text, problem) => expect(problemsOf(text)).toEqual([expect.stringContaining(problem)]));

  test('all of them at once, and nothing is loaded', () => {
    expect(problemsOf('topic ok\nuser\n\ntopic x y\ntopic b#\nacl')).toEqual([
      '2: names no user',
      '4: access must be "read", "write", "readwrite" or "deny", not "x"',
      '5: "b#" is not a topic filter: "#" must be the whole of the last level',
      '6: a line must begin with "user", "topic", "pattern" or "#", not "acl"',
    ]);
  });
});

describe('shapes of public files', () => {
  const anonymous = authorizeBy(`# nobody's name
topic readwrite /site/anonymous/#

# a comment
topic readwrite /test/#

user tester
topic readwrite /test/#

pattern readwrite /test/%u/#
`);

  test.each([
    ['', 'publish', '/site/anonymous/x', 'allow'],
    ['', 'publish', '/test/x', 'allow'],
    ['tester', 'publish', '/test/x', 'allow'],
    ['tester', 'publish', '/site/anonymous/x', 'deny'],
    ['bob', 'publish', '/test/x', 'deny'],
    ['bob', 'publish', '/test/bob/x', 'allow'],
    ['bob', 'subscribe', '/test/bob/#', 'allow'],
  ] as const)(
    'lines before the first user are for clients without one: "%s" %s %s: %s',
    (username, action, topic, verdict) => {
      expect(anonymous(someone({ username }), action, topic).verdict).toBe(verdict);
    },
  );

  const patterns = authorizeBy(`user Zig_2MQTT
topic read ha/status
topic readwrite z2m/#

user idle

user sensor@garden.lan
topic write garden/+/temperature

pattern read ebus/#
pattern readwrite ebus/5/%u/#
pattern readwrite $aws/things/+/shadow/#
pattern write ha/%c/status
`);

  test.each([
    ['Zig_2MQTT', 'subscribe', 'ha/status', 'allow'],
    ['Zig_2MQTT', 'publish', 'ha/status', 'deny'],
    ['Zig_2MQTT', 'publish', 'z2m/a', 'allow'],
    ['idle', 'publish', 'z2m/a', 'deny'],
    ['idle', 'subscribe', 'ebus/#', 'allow'],
    ['idle', 'publish', 'ebus/5/idle/x', 'allow'],
    ['idle', 'publish', 'ebus/5/other/x', 'deny'],
    ['sensor@garden.lan', 'publish', 'garden/3/temperature', 'allow'],
    ['sensor@garden.lan', 'subscribe', 'garden/3/temperature', 'deny'],
    ['', 'publish', '$aws/things/t/shadow/x', 'allow'],
    ['', 'publish', 'ha/device-17/status', 'allow'],
    ['', 'subscribe', 'ha/device-17/status', 'deny'],
  ] as const)('patterns hold for every user: "%s" %s %s: %s', (username, action, topic, verdict) => {
    expect(patterns(someone({ username }), action, topic).verdict).toBe(verdict);
  });
});
