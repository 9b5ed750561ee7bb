/** Before tests of the built program: builds `dist/` unless it is what a build of the files here would give. */
import { spawnSync } from 'node:child_process';
// @ts-expect-error A plain script.
import { whyStale } from '../../scripts/built.mjs';
import { root } from './source.ts';

const TRY_IT = 'Tests of the program run what is built. Run "npm run build", and read what it says.';

/** Called by vitest once a run, and only when one of the tests needs it. */
export default function setup(): void {
  const reason: string | undefined = whyStale(root);
  if (reason === undefined) return;
  process.stderr.write(`${reason}: building\n`);
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/build.mjs'], {
    cwd: root,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${reason}, and the build failed. ${TRY_IT}\n${stdout}${stderr}`);
  const still: string | undefined = whyStale(root);
  if (still !== undefined) throw new Error(`${still}, right after a build. ${TRY_IT}`);
}
