/** Starts what `broker` configures: a check of the broker's list of hooks once a minute. */
import { readFile } from 'node:fs/promises';
import type { Broker } from '../config/sections/broker.ts';
import { type Environment, readSecret } from '../lib/secret.ts';
import type { Logger } from '../log/log.ts';
import { openEmqxClient } from './client.ts';
import type { OwnList } from './held-list.ts';
import { ListKeeper } from './list-keeper.ts';
import { askForTask } from './one-worker.ts';

export interface OpenKeeperOptions {
  readonly broker: Broker;
  readonly env: Environment;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
  readonly own: () => OwnList | undefined;
  /** Whether a supervisor started this process; it then picks one worker. */
  readonly isSupervised: boolean;
}

/** Delay of the first check, in milliseconds: brokers that were up before have called by then. */
const FIRST = 10_000;
const EVERY = 60_000;

export interface OpenKeeper {
  /** @param isReady whether this server takes calls: a draining server leaves the broker alone. */
  start(isReady: () => boolean): void;
  /** Waits for a reload that has begun. */
  close(): Promise<void>;
}

/** @throws Error that names the configuration key to change. */
export async function openKeeper(options: OpenKeeperOptions): Promise<OpenKeeper> {
  const { broker, env, log, own, isSupervised } = options;
  let isReady = (): boolean => false;
  const client = await openEmqxClient({
    url: new URL(broker.url),
    key: await read('broker.key', () => readSecret(broker.key, env)),
    secret: await read('broker.secret', () => readSecret(broker.secret, env)),
    ...(broker.ca !== undefined && {
      ca: await read('broker.ca', () => readFile(broker.ca ?? '', 'utf8')),
    }),
  });
  const keeper = new ListKeeper({
    client,
    name: broker.name,
    mayReload: broker.actions.includes('reload'),
    log,
    own,
    isChosen: async () => isReady() && (!isSupervised || (await askForTask())),
  });
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;
  function run(): void {
    keeper
      .look()
      .catch((error: unknown) => log.error({ err: error }, 'could not check the broker'))
      .finally(() => {
        if (!isClosed) timer = setTimeout(run, EVERY).unref();
      });
  }
  return {
    start(ready) {
      isReady = ready;
      timer = setTimeout(run, FIRST).unref();
    },
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await keeper.close();
      client.close();
    },
  };
}

async function read(key: string, work: () => Promise<string>): Promise<string> {
  try {
    return await work();
  } catch (error) {
    throw new Error(`${key}: ${(error as Error).message}`);
  }
}
