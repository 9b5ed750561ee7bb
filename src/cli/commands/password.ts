/** Reads a password: from a terminal without echo, else all of standard input except a final line break. */
import type { ReadStream } from 'node:tty';

const CTRL_C = '\u0003';
const CTRL_D = '\u0004';
const BACKSPACES = ['\u007f', '\b'];

export interface PasswordInput {
  readonly stdin: NodeJS.ReadStream;
  /** Writes the prompt. */
  readonly prompt: (text: string) => void;
}

/** Returns `undefined` when the user cancels. */
export async function readPassword({ stdin, prompt }: PasswordInput): Promise<string | undefined> {
  if (stdin.isTTY !== true) return (await readAll(stdin)).replace(/\r?\n$/, '');
  prompt('Password: ');
  try {
    return await readHidden(stdin as ReadStream);
  } finally {
    prompt('\n');
  }
}

async function readAll(stdin: NodeJS.ReadStream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

function readHidden(stdin: ReadStream): Promise<string | undefined> {
  return new Promise((resolve) => {
    let typed = '';
    const end = (password: string | undefined): void => {
      stdin.off('data', take);
      stdin.setRawMode(false);
      stdin.pause();
      resolve(password);
    };
    const take = (text: string): void => {
      for (const character of text) {
        const isEnd = character === '\r' || character === '\n';
        const isGivenUp = character === CTRL_C || (character === CTRL_D && typed === '');
        if (isEnd || isGivenUp) {
          end(isEnd ? typed : undefined);
          return;
        }
        if (BACKSPACES.includes(character)) typed = [...typed].slice(0, -1).join('');
        else typed += character;
      }
    };
    stdin.setRawMode(true);
    stdin.setEncoding('utf8');
    stdin.on('data', take);
    stdin.resume();
  });
}
