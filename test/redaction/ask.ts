/** A command that asks for a password, and gets it from standard input. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { dist } from '../program/support/program.ts';

/** @returns its output. */
export async function exhookAsked(
  args: readonly string[],
  password: string,
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const child = spawn(process.execPath, [join(dist, 'cli.js'), ...args], { timeout: 60_000 });
  // Exiting before it has read everything is not a failure.
  child.stdin.on('error', () => {});
  child.stdin.end(`${password}\n`);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { stdout, stderr };
}
