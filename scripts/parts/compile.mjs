// Writes V8's compiled code of the parts, for this version of Node on this kind of machine.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Milliseconds. */
const PATIENCE = 60_000;

/** Starts a server and calls it: the code of a start and of the first calls is then compiled. */
export async function compileParts() {
  const directory = mkdtempSync(join(tmpdir(), 'exhook-build-'));
  try {
    execFileSync(process.execPath, [fileURLToPath(new URL('train.mjs', import.meta.url)), directory], {
      stdio: ['ignore', 'ignore', 'inherit'],
      timeout: PATIENCE,
      // V8 accepts compiled code only under the options it was compiled with.
      env: { PATH: process.env.PATH },
    });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
