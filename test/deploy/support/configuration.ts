/** The exhook.yaml of a ConfigMap, read by the code that reads it at the start. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from '../../../src/app/load.ts';
import { checkCommand } from '../../../src/cli/commands/check.ts';
import type { Config } from '../../../src/config/schema.ts';
import { aTerminal } from '../../support/terminal.ts';

export interface CheckedConfiguration {
  readonly config: Config;
  /** What `exhook check` printed. */
  readonly output: string;
  readonly warnings: readonly string[];
}

/**
 * @param env variables of the container.
 * @throws Error with the complaints of `exhook check`.
 */
export async function checkConfiguration(
  text: string,
  env: Readonly<Record<string, string>>,
): Promise<CheckedConfiguration> {
  const directory = mkdtempSync(join(tmpdir(), 'exhook-config-'));
  const file = join(directory, 'exhook.yaml');
  try {
    writeFileSync(file, text);
    const terminal = aTerminal();
    const status = await checkCommand(file, env, terminal);
    const loaded = await load(['--config', file], env);
    if (status !== 0 || 'problems' in loaded) throw new Error(terminal.errors);
    return { config: loaded.config, output: terminal.output, warnings: loaded.warnings };
  } finally {
    rmSync(directory, { recursive: true });
  }
}
