/** Texts to copy out of a call: a case for `exhook test`, a command line of `exhook explain`, a request for curl. */
import { isSentMessageHook } from '../../protocol/schema/hook-name.ts';
import { Action, type HookInput } from '../../protocol/schema/requests.ts';
import type { Copies, Raw } from '../api.ts';
import type { CallRecord } from '../tap/call-record.ts';
import { namesOf } from '../tap/names.ts';
import { verdictOf } from '../tap/verdict.ts';

/** @param listen address of the port that brokers call. @param file the configuration file, as the reader would name it. */
export function copiesOf(record: CallRecord, raw: Raw, listen: string, file: string): Copies {
  const test = testOf(record, file);
  const explain = explainOf(record, file);
  return {
    ...(test !== undefined && { test }),
    ...(explain !== undefined && { explain }),
    curl: curlOf(raw, listen),
  };
}

function curlOf({ path, request }: Raw, listen: string): string {
  const body = JSON.stringify(request);
  return `curl -sS -H 'content-type: application/json' -d ${quoteShell(body)} ${quoteShell(`${listen}${path}`)}`;
}

function explainOf({ rpc, input, payload, payloadBytes }: CallRecord, file: string): string | undefined {
  if (input === undefined) return undefined;
  const { cn = '', dn = '' } = ((input as { clientinfo?: object }).clientinfo ?? {}) as {
    cn?: string;
    dn?: string;
  };
  const { clientid, username, peerhost, topic, qos } = namesOf(input);
  const who: [string, string][] = [
    ['--config', file],
    ['--clientid', clientid],
    ['--username', username],
    ['--peerhost', peerhost],
  ];
  const certificate: [string, string][] = [
    ['--cn', cn],
    ['--dn', dn],
  ];
  if (rpc.hook === 'client.authenticate')
    return commandLine('exhook explain authenticate', [...who, ...certificate]);
  if (rpc.hook === 'client.authorize') {
    const { type, meta } = input as HookInput<'client.authorize'>;
    const action = type === Action.PUBLISH ? '--publish' : '--subscribe';
    return commandLine('exhook explain authorize', [
      ...who,
      ...certificate,
      [action, topic],
      ['--emqx', releaseOf(meta.version)],
    ]);
  }
  if (!isSentMessageHook(rpc.hook)) return undefined;
  const isWhole = payload !== undefined && payload.byteLength === payloadBytes;
  return commandLine('exhook explain publish', [
    ...who,
    ['--topic', topic],
    ['--qos', String(qos ?? 0)],
    ...(isWhole ? [['--payload-base64', base64(payload)] as [string, string]] : []),
  ]);
}

function commandLine(command: string, options: readonly (readonly [string, string])[]): string {
  const given = options.filter(([, value]) => value !== '');
  return [command, ...given.map(([name, value]) => `${name} ${quoteShell(value)}`)].join(' ');
}

/** JSON is YAML: names of clients may hold anything, and every text stays on its line. */
function testOf(record: CallRecord, file: string): string | undefined {
  const { rpc, input, decision } = record;
  if (input === undefined) return undefined;
  const { cn, dn } = ((input as { clientinfo?: object }).clientinfo ?? {}) as { cn?: string; dn?: string };
  const { clientid, username, peerhost } = namesOf(input);
  const client = definedOf({ clientid, username, peerhost, cn, dn });
  const verdict = verdictOf(record);
  const by = decision?.by;
  const fact = factOf(record, verdict, by);
  if (fact === undefined) return undefined;
  const lines = [
    `config: ${JSON.stringify(file)}`,
    'tests:',
    `  - name: ${JSON.stringify(`${rpc.hook} of ${clientid}`)}`,
    `    client: ${JSON.stringify(client)}`,
    ...fact.map((line) => `    ${line}`),
  ];
  return `${lines.join('\n')}\n`;
}

function factOf(record: CallRecord, verdict: string, by: string | undefined): readonly string[] | undefined {
  const { rpc, input, payload, payloadBytes } = record;
  const { topic, qos } = namesOf(input);
  if (rpc.hook === 'client.authenticate' && isAnswer(verdict))
    return [`# add the password to client`, `login: ${JSON.stringify(definedOf({ expect: verdict, by }))}`];
  if (rpc.hook === 'client.authorize' && isAnswer(verdict)) {
    const { type } = input as HookInput<'client.authorize'>;
    const action = type === Action.PUBLISH ? 'publish' : 'subscribe';
    return [`${verdict}:`, `  - ${JSON.stringify(definedOf({ [action]: topic, by }))}`];
  }
  const expect = expectations[verdict];
  if (!isSentMessageHook(rpc.hook) || expect === undefined) return undefined;
  const isWhole = payload !== undefined && payload.byteLength === payloadBytes;
  const sent = { topic, qos: qos ?? 0, ...(isWhole && { payload: { base64: base64(payload) } }) };
  return ['publish:', `  - ${JSON.stringify({ ...sent, expect, ...(by && { by }) })}`];
}

function isAnswer(verdict: string): boolean {
  return verdict === 'allow' || verdict === 'deny' || verdict === 'ignore';
}

/** Of messages; `deny` is an answer of message.ingress only. */
const expectations: Readonly<Record<string, string>> = {
  pass: 'unchanged',
  drop: 'dropped',
  rewrite: 'rewritten',
  deny: 'disconnected',
};

/** Without what is empty. */
function definedOf(values: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '',
    ),
  );
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

/** A release that the command takes. */
function releaseOf(version: string): string {
  return /^\d+\.\d+\.\d+$/.test(version) ? version : '';
}

/** What must not reach a terminal as it is: controls, and characters that turn the writing direction. */
const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
const everyHidden = new RegExp(hidden, 'gu');

/** One word for any POSIX shell; with hidden characters, in the form that bash and zsh read. */
export function quoteShell(text: string): string {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  if (!hidden.test(text)) return `'${text.replaceAll("'", `'\\''`)}'`;
  const escaped = text
    .replace(/[\\']/g, '\\$&')
    .replace(everyHidden, (unit) => `\\U${(unit.codePointAt(0) ?? 0).toString(16).padStart(8, '0')}`);
  return `$'${escaped}'`;
}
