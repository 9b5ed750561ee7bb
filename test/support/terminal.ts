import type { Terminal } from '../../src/cli/commands/terminal.ts';

/** A terminal that records its output. */
export function aTerminal(): Terminal & { readonly output: string; readonly errors: string } {
  const out: string[] = [];
  const err: string[] = [];
  return {
    out: (text) => void out.push(text),
    err: (text) => void err.push(text),
    progress: () => {},
    isInteractive: false,
    get output() {
      return out.join('\n');
    },
    get errors() {
      return err.join('\n');
    },
  };
}
