/** The repository's samples of each format. Read from the working directory: the repository. */
import { readdirSync, readFileSync } from 'node:fs';

export interface RecordedBytes {
  readonly path: string;
  readonly bytes: Uint8Array;
}

const recordings = 'test/fixtures/recordings';

/** Lines of the recordings of real brokers. */
export function recordedLines(): string[] {
  return readdirSync(recordings).flatMap((name) =>
    readFileSync(`${recordings}/${name}`, 'utf8').trimEnd().split('\n'),
  );
}

export function recordedBytes(): RecordedBytes[] {
  return recordedLines().map((line) => {
    const { path, message_base64 } = JSON.parse(line) as { path: string; message_base64: string };
    return { path, bytes: Uint8Array.from(Buffer.from(message_base64, 'base64')) };
  });
}

/** The configurations of the documentation and the examples. */
export function configurations(): string[] {
  const examples = readdirSync('examples').flatMap((name) => readIfThere(`examples/${name}/exhook.yaml`));
  const pages = readdirSync('docs')
    .filter((name) => name.endsWith('.md'))
    .flatMap((name) => blocksOf(readFileSync(`docs/${name}`, 'utf8'), 'yaml'));
  return [...examples, ...pages];
}

function blocksOf(page: string, language: string): string[] {
  return [...page.matchAll(/^```(\w+)\n(.*?)^```/gms)].flatMap(([, found, text]) =>
    found === language && text !== undefined ? [text] : [],
  );
}

function readIfThere(path: string): string[] {
  try {
    return [readFileSync(path, 'utf8')];
  } catch {
    return [];
  }
}
