/** A program on its own terminal, which may close or not be read: with Python, because Node does not have pty. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { root } from '../../support/source.ts';
import { cleanEnvironment, dist, Heard } from './program.ts';

export class ProgramOnTerminal {
  /** The terminal's content. */
  readonly screen: Heard;
  readonly #control: Heard;
  readonly #python;

  constructor(args: readonly string[], env: Readonly<Record<string, string>>, entry = 'server.js') {
    const script = join(root, 'test/program/support/terminal.py');
    this.#python = spawn('python3', [script, process.execPath, join(dist, entry), ...args], {
      env: cleanEnvironment(env),
      stdio: 'pipe',
    });
    this.screen = new Heard(this.#python.stdout);
    this.#control = new Heard(this.#python.stderr);
    onTestFinished(() => this.kill());
  }

  async pid(): Promise<number> {
    return Number(await this.#control.until('its id', ({ text }) => /^pid (\d+)$/m.exec(text)?.[1]));
  }

  /** The exit status. */
  async ended(): Promise<number> {
    return Number(await this.#control.until('its end', ({ text }) => /^exit (-?\d+)$/m.exec(text)?.[1]));
  }

  /** Nobody reads the terminal any more, as after Ctrl+S. */
  async stopReading(): Promise<void> {
    this.#python.stdin.write('stop\n');
    await this.#control.until('the terminal stops', ({ text }) => text.includes('stopped'));
  }

  /** The window is closed. */
  async close(): Promise<void> {
    this.#python.stdin.write('close\n');
    await this.#control.until('the terminal is gone', ({ text }) => text.includes('closed'));
  }

  async signal(signal: NodeJS.Signals): Promise<void> {
    process.kill(await this.pid(), signal);
  }

  async kill(): Promise<void> {
    const { text } = this.#control;
    if (!/^exit /m.test(text)) await this.signal('SIGKILL').catch(() => {});
    this.#python.kill('SIGKILL');
  }
}
