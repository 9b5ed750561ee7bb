/** The files behind `--ca`, `--cert` and `--key`. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';

export interface TlsFiles {
  /** Authorities to trust instead of Node's own. */
  readonly ca?: string | undefined;
  /** The certificate for servers that request one. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

/** The contents of the files, in PEM. */
export interface TlsTexts {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** @throws Error that names the option and what to do. */
export async function readTlsFiles(files: TlsFiles, url: string): Promise<TlsTexts | undefined> {
  const given = (['ca', 'cert', 'key'] as const).filter((name) => files[name] !== undefined);
  const [first] = given;
  if (first === undefined) return undefined;
  if (!url.startsWith('https:')) throw new Error(`--${first} is for TLS: write --url https://...`);
  if ((files.cert === undefined) !== (files.key === undefined))
    throw new Error('--cert and --key go together: write both');
  const texts = await Promise.all(given.map(async (name) => [name, await read(name, files[name] as string)]));
  return Object.fromEntries(texts);
}

async function read(name: keyof TlsFiles, path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new Error(`--${name}: cannot read ${path}: ${error.code ?? error.message}`);
  });
  if (!isPem(name, text)) {
    const noun = name === 'key' ? 'private key without a passphrase' : 'certificate';
    throw new Error(`--${name}: ${path} holds no ${noun} in PEM`);
  }
  return text;
}

function isPem(name: keyof TlsFiles, text: string): boolean {
  try {
    return name === 'key'
      ? createPrivateKey(text).type === 'private'
      : new X509Certificate(text).subject !== null;
  } catch {
    return false;
  }
}
