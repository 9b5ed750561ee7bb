/** Asks a question on the terminal; without a terminal, the answer is no. */
import { createInterface } from 'node:readline/promises';

export async function askYesOrNo(question: string): Promise<boolean> {
  if (process.stdin.isTTY !== true) return false;
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await lines.question(question)).trim());
  } finally {
    lines.close();
  }
}
