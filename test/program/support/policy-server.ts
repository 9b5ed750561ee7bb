/** A built server with a policy, and a broker that asks it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aBroker, type Broker } from './broker.ts';
import {
  oncePerFile,
  openServer,
  type ProgramOptions,
  type RunningServer,
  startServer,
  temporaryDirectory,
  temporaryFile,
} from './program.ts';

export interface PolicyServer {
  readonly server: RunningServer;
  readonly broker: Broker;
  /** Where the configuration and the files beside it are. */
  readonly directory: string;
  /** Of the configuration. */
  readonly path: string;
}

/** Starts a server with a configuration file (JSON is YAML) and others beside it. */
export async function serverOf(
  config: object,
  files: Readonly<Record<string, string>> = {},
  args: readonly string[] = [],
  options: ProgramOptions = {},
): Promise<PolicyServer> {
  const directory = temporaryDirectory();
  for (const [name, text] of Object.entries(files)) temporaryFile(name, text, directory);
  const text = JSON.stringify({ events: { stdout: 'off' }, ...config });
  const path = temporaryFile('exhook.yaml', text, directory);
  const server = await startServer(['--config', path, ...args], options);
  return { server, broker: aBroker(server.url), directory, path };
}

/**
 * The same for tests that only call: tests of a file with the same configuration share one server, because their calls
 * do not change it.
 */
export async function sharedServerOf(config: object): Promise<Pick<PolicyServer, 'server' | 'broker'>> {
  const server = await oncePerFile(config, async () => {
    const directory = mkdtempSync(join(tmpdir(), 'exhook-shared-'));
    const path = join(directory, 'exhook.yaml');
    writeFileSync(path, JSON.stringify({ events: { stdout: 'off' }, ...config }));
    const made = await openServer(['--config', path]).listening();
    return {
      made,
      async end() {
        await made.kill();
        rmSync(directory, { recursive: true, force: true });
      },
    };
  });
  return { server, broker: aBroker(server.url) };
}
