/** Logins and topic checks, as a broker asks for them. */
import { encodeRequest } from '../../../src/protocol/wire/encode-request.ts';
import { rpcs } from '../../../src/protocol/wire/rpc.ts';
import type { Version } from '../../../src/protocol/wire/versions.ts';
import { aClient } from '../../support/inputs.ts';
import { type Broker, wordsOf } from './broker.ts';

/** `true` admits, `false` refuses; else `ignore`, or a status in words. */
export type Verdict = unknown;

type Names = Partial<Record<'clientid' | 'username' | 'password' | 'peerhost' | 'cn' | 'dn', string>>;

async function ask(broker: Broker, hook: string, version: Version, request: object): Promise<Verdict> {
  const rpc = rpcs.find((candidate) => candidate.hook === hook && candidate.version === version);
  if (rpc === undefined) throw new Error(`no ${hook} in ${version}`);
  return wordsOf(rpc.path, await broker.call(rpc.path, encodeRequest(rpc, request)));
}

function clientinfo({ password = '', ...names }: Names, hasPassword: boolean): object {
  const { peerport: _, ...client } = aClient({ clientid: 'c1', username: '', ...names });
  return { ...client, ...(hasPassword && { password }) };
}

export async function login(broker: Broker, client: Names, version: Version = 'v3'): Promise<Verdict> {
  return await ask(broker, 'client.authenticate', version, {
    clientinfo: clientinfo(client, true),
    result: true,
  });
}

/** @param release of the broker. Default: it does not tell. */
export async function publish(broker: Broker, client: Names, topic: string, release = ''): Promise<Verdict> {
  return await authorize(broker, client, 0, topic, release);
}

/** @param release of the broker. Default: it does not tell. */
export async function subscribe(
  broker: Broker,
  client: Names,
  topic: string,
  release = '',
): Promise<Verdict> {
  return await authorize(broker, client, 1, topic, release);
}

async function authorize(broker: Broker, client: Names, type: 0 | 1, topic: string, release: string) {
  const meta = { node: '', version: release, sysdescr: '', clusterName: '' };
  const request = { clientinfo: clientinfo(client, false), type, topic };
  return await ask(broker, 'client.authorize', 'v3', { ...request, ...(release !== '' && { meta }) });
}
