/** `exhook check` in this process: what it says is the same, and a start of the command takes half a second. */
import { checkCommand } from '../../src/cli/commands/check.ts';
import { aTerminal } from './terminal.ts';

export interface Checked {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export async function check(path: string): Promise<Checked> {
  const terminal = aTerminal();
  const code = await checkCommand(path, {}, terminal);
  return { code, stdout: terminal.output, stderr: terminal.errors };
}
