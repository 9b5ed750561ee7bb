// Writes the code that V8 has compiled of the parts, for this version of Node on this kind of machine.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Milliseconds. */
const PATIENCE = 60_000;

/** A server starts and is called, so that what a start and the first calls run is compiled. */
export async function compileParts() {
  const directory = mkdtempSync(join(tmpdir(), 'exhook-build-'));
  try {
    execFileSync(process.execPath, [fileURLToPath(new URL('train.mjs', import.meta.url)), directory], {
      stdio: ['ignore', 'ignore', 'inherit'],
      timeout: PATIENCE,
      // Options change what V8 compiles, and it takes compiled code under the same options only.
      env: { PATH: process.env.PATH },
    });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
