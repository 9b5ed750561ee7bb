/** What `exhook doctor` finds at the broker that the configuration names. */
import { readFile } from 'node:fs/promises';
import type { Config } from '../../config/schema.ts';
import type { Broker } from '../../config/sections/broker.ts';
import { fetchBrokerFacts } from '../../emqx/broker-facts.ts';
import { diagnose } from '../../emqx/checks/index.ts';
import { type EmqxClient, EmqxError, openEmqxClient } from '../../emqx/client.ts';
import { ownFacts } from '../../emqx/own-facts.ts';
import { type Environment, readSecret } from '../../lib/secret.ts';
import type { HookName } from '../../protocol/schema/hook-name.ts';
import type { Finding } from '../api.ts';

/** Milliseconds for one request: a page waits. */
const TIMEOUT = 3000;

/** Never rejects because of the broker: that it cannot be asked is a finding. */
export async function findFindings(
  broker: Broker,
  config: Config,
  custom: readonly HookName[],
  env: Environment,
): Promise<readonly Finding[]> {
  let client: EmqxClient | undefined;
  try {
    client = await openClient(broker, env);
    const facts = await fetchBrokerFacts(client, broker.name);
    return diagnose({ broker: facts, own: ownFacts(config, custom) });
  } catch (error) {
    const why =
      error instanceof EmqxError ? error.message : 'broker.key, broker.secret or broker.ca cannot be read';
    return [
      {
        id: 'broker-not-asked',
        severity: 'warning',
        what: 'the broker could not be asked',
        why,
        fix: 'check broker.url and its API key',
      },
    ];
  } finally {
    client?.close();
  }
}

async function openClient({ url, key, secret, ca }: Broker, env: Environment): Promise<EmqxClient> {
  return await openEmqxClient({
    url: new URL(url),
    key: await readSecret(key, env),
    secret: await readSecret(secret, env),
    timeout: TIMEOUT,
    ...(ca !== undefined && { ca: await readFile(ca, 'utf8') }),
  });
}
