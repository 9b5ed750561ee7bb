/** How commands reach a broker: address, API key, secret. */
import { readFile } from 'node:fs/promises';
import type { Environment } from '../../config/variables.ts';
import { type EmqxClient, EmqxError, openEmqxClient } from '../../emqx/client.ts';
import { readSecret } from '../../lib/secret.ts';
import type { Terminal } from './terminal.ts';

export interface EmqxAccess {
  /** URL of EMQX's dashboard and REST API. */
  readonly emqx: string;
  readonly key?: string | undefined;
  /** Visible to every user of the machine: prefer the variable or the file. */
  readonly secret?: string | undefined;
  readonly secretFile?: string | undefined;
  /** Path of a certificate authority to trust. */
  readonly ca?: string | undefined;
}

/**
 * Runs work that needs a broker.
 *
 * @returns the exit status of the work; 2 if the broker could not be reached, which has been printed.
 */
export async function withEmqx(
  access: EmqxAccess,
  env: Environment,
  terminal: Pick<Terminal, 'err'>,
  work: (client: EmqxClient) => Promise<number>,
): Promise<number> {
  const client = await openEmqx(access, env, terminal);
  if (client === undefined) return 2;
  try {
    return await work(client);
  } catch (error) {
    if (!(error instanceof EmqxError)) throw error;
    terminal.err(error.message);
    return 2;
  } finally {
    client.close();
  }
}

/** @returns nothing when something is missing, which has been printed. */
async function openEmqx(
  access: EmqxAccess,
  env: Environment,
  terminal: Pick<Terminal, 'err'>,
): Promise<EmqxClient | undefined> {
  const url = URL.canParse(access.emqx) ? new URL(access.emqx) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    terminal.err('--emqx is not a URL; write one such as http://127.0.0.1:18083');
    return undefined;
  }
  const key = access.key ?? env.EMQX_API_KEY;
  if (!key) {
    terminal.err(
      'an API key of EMQX is missing: set EMQX_API_KEY and EMQX_API_SECRET, or give --key and --secret-file',
    );
    return undefined;
  }
  try {
    const secret = await secretOf(access, env);
    const ca = access.ca === undefined ? undefined : await readFile(access.ca, 'utf8');
    return await openEmqxClient({ url, key, secret, ...(ca !== undefined && { ca }) });
  } catch (error) {
    terminal.err((error as Error).message);
    return undefined;
  }
}

async function secretOf({ secret, secretFile }: EmqxAccess, env: Environment): Promise<string> {
  if (secret !== undefined) return secret;
  return await readSecret(secretFile === undefined ? { env: 'EMQX_API_SECRET' } : { file: secretFile }, env);
}
