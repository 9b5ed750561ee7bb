/** ACL files of mosquitto and EMQX. */
import fc from 'fast-check';
import { parseEmqxAcl } from '../../../src/policy/topics/acl/emqx.ts';
import { parseMosquittoAcl } from '../../../src/policy/topics/acl/mosquitto.ts';
import { compileRules } from '../../../src/policy/topics/authorize.ts';
import { findRuleProblems } from '../../../src/policy/topics/rule-check.ts';
import { someone } from '../../policy/someone.ts';
import { mutatedText } from '../mutate.ts';
import { defineTarget, ensure } from '../target.ts';

const mosquitto = [
  'topic read $SYS/#\nuser alice\ntopic readwrite a/+/b\ntopic deny a/secret/b\npattern write dev/%c/%u/#\n',
  '# comment\nuser bob\ntopic write t\n\npattern %u/#\n',
];

const emqx = [
  '{allow, {username, "dash"}, subscribe, ["$SYS/#"]}.\n{deny, all, subscribe, ["$SYS/#", {eq, "#"}]}.\n{allow, all}.\n',
  '{allow, {ipaddr, "127.0.0.1"}, all, ["$SYS/#", "#"]}.\n{allow, {\'and\', [{clientid, {re, "^dev-"}}, {user, "u"}]}, {publish, [{qos, 1}]}, ["t/${clientid}"]}.\n',
  '%% comment\n{deny, {ipaddrs, ["10.0.0.0/8"]}, pubsub, "a/b"}.\n{allow, {client_attr, "g", "x"}, publish, [<<"a">>]}.\n',
];

const words = [
  '{eq, ',
  '<<"',
  '">>',
  '{re, "(a+)+$"}',
  "'or'",
  '${username}',
  '%c',
  '%u',
  'pattern ',
  'topic deny ',
  '}.',
  '\\x{41}',
];

export const acl = () =>
  defineTarget({
    name: 'acl',
    input: fc.oneof(
      fc.record({ format: fc.constant('mosquitto'), text: mutatedText(mosquitto, words) }),
      fc.record({ format: fc.constant('emqx'), text: mutatedText(emqx, words) }),
    ),
    check({ format, text }: { format: string; text: string }) {
      const read = format === 'emqx' ? parseEmqxAcl(text) : parseMosquittoAcl(text);
      if ('problems' in read) {
        ensure(read.problems.length > 0, 'a problem');
        for (const { line, message } of read.problems)
          ensure(line > 0 && message !== '', 'a line and a message');
        return;
      }
      for (const rule of read.rules) ensure(findRuleProblems(rule).length === 0, 'rules without a problem');
      const judge = compileRules(read.rules);
      for (const topic of ['a/b', '$SYS/x', 'dev/device-17/alice/x']) {
        judge(someone(), 'publish', topic);
        judge(someone(), 'subscribe', topic);
      }
    },
  });
