import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseEmqxAcl } from '../../../src/policy/topics/acl/emqx.ts';
import { allowsEverything } from '../../../src/policy/topics/allows-everything.ts';

function check(yaml: string, otherwise: 'allow' | 'deny' | 'ignore' = 'deny'): boolean {
  return allowsEverything(parse(yaml), otherwise);
}

describe('a policy allows everything to everyone', () => {
  test.each([
    ['[{ allow: all }]'],
    ['[{ allow: all, topics: "#" }]'],
    ['[{ allow: all, topics: "+/#" }]'],
    ['[{ allow: all, topics: ["+", "+/+/#"] }]'], // together they match every topic
    ['[{ allow: all, topics: "+" }, { allow: all, topics: "+/+" }, { allow: all, topics: "+/+/+/#" }]'],
    ['[{ allow: publish, topics: "#" }, { allow: subscribe }]'],
    ['[{ allow: publish }, { allow: subscribe, topics: { eq: "#" } }]'],
    ['[{ allow: all, who: { username: { like: "*" } } }]'],
    ['[{ allow: all, who: { clientid: { regex: "" } } }]'],
    ['[{ allow: all, who: { username: { present: true } } }]'],
    ['[{ allow: all, who: { username: { present: false } } }]'],
    ['[{ allow: all, who: { address: 0.0.0.0/0 } }]'],
    ['[{ allow: all, who: { address: "::/0" } }]'],
    ['[{ allow: all, who: { not: { tag: quarantined } } }]'],
    ['[{ deny: all, who: { tag: quarantined } }, { allow: all }]'],
    ['[{ deny: all, topics: "$SYS/#" }, { allow: all, topics: "#" }]'],
    ['[{ deny: subscribe, topics: [{ eq: "#" }] }, { allow: all }]'],
    ['[{ allow: all }, { deny: all }]'],
  ])('%s', (yaml) => expect(check(yaml)).toBe(true));

  test('when nothing denies and otherwise allows', () => {
    expect(check('[]', 'allow')).toBe(true);
    expect(check('[{ allow: publish, topics: a }]', 'allow')).toBe(true);
  });

  test("as EMQX's default acl.conf does", () => {
    const acl = parseEmqxAcl(`
      {allow, {username, {re, "^dashboard$"}}, subscribe, ["$SYS/#"]}.
      {allow, {ipaddr, "127.0.0.1"}, all, ["$SYS/#", "#"]}.
      {deny, all, subscribe, ["$SYS/#", {eq, "#"}, {eq, "+/#"}]}.
      {allow, all}.`);
    expect('rules' in acl && allowsEverything(acl.rules, 'deny')).toBe(true);
  });

  test('as the default acl.conf of EMQX 6.3 does, whose last rule is for the profile legacy', () => {
    const acl = parseEmqxAcl(`
      {deny, all, subscribe, ["$SYS/#", {eq, "#"}, {eq, "+/#"}]}.
      {allow, {security_profile, legacy}}.`);
    expect('rules' in acl && allowsEverything(acl.rules, 'deny')).toBe(true);
  });
});

describe('a policy does not allow everything to everyone', () => {
  test.each([
    ['[]'],
    ['[{ allow: publish }]'],
    ['[{ allow: subscribe }]'],
    ['[{ allow: all, topics: "a/#" }]'],
    ['[{ allow: all, topics: "+" }]'],
    ['[{ allow: all, topics: ["+", "+/+/+/#"] }]'], // two levels are missing
    ['[{ allow: all, topics: "+/+/#" }]'],
    ['[{ allow: all, topics: "${clientid}/#" }]'],
    ['[{ allow: all, topics: "$SYS/#" }]'],
    ['[{ allow: subscribe }, { allow: publish, topics: { eq: "#" } }]'],
    ['[{ allow: all, who: { tag: admin } }]'],
    ['[{ allow: all, who: { username: root } }]'],
    ['[{ allow: all, who: { address: 10.0.0.0/8 } }]'],
    ['[{ allow: all, who: { cert_common_name: { present: true } } }]'],
    ['[{ deny: publish, topics: "secret/#" }, { allow: all }]'],
    ['[{ deny: all }, { allow: all }]'],
    ['[{ deny: subscribe, topics: "+/${username}" }, { allow: all }]'],
  ])('%s', (yaml) => expect(check(yaml)).toBe(false));

  test('when otherwise leaves it to the broker, or something is denied', () => {
    expect(check('[]', 'ignore')).toBe(false);
    expect(check('[{ deny: publish, topics: a }]', 'allow')).toBe(false);
  });
});
