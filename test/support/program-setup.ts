/** Prepares tests of programs: builds `dist/` if it is stale, and starts servers to share. */
import { spawnSync } from 'node:child_process';
import type { TestProject } from 'vitest/node';
// @ts-expect-error A plain script.
import { whyStale } from '../../scripts/built.mjs';
import { hostSharedServers } from './servers/shared-host.ts';
import { root } from './source.ts';

const TRY_IT = 'Tests of the program run what is built. Run "npm run build", and read what it says.';

/** Called by vitest once a run, and only when one of the tests needs it. @returns what ends the servers. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  buildIfStale();
  const servers = await hostSharedServers();
  project.provide('sharedServers', servers.url);
  return servers.close;
}

/** Twice at most: an edit meanwhile makes a build stale at once. */
function buildIfStale(): void {
  for (let builds = 0; ; builds++) {
    const reason: string | undefined = whyStale(root);
    if (reason === undefined) return;
    if (builds === 2) throw new Error(`${reason}, again and again. ${TRY_IT}`);
    build(reason);
  }
}

function build(reason: string): void {
  process.stderr.write(`${reason}: building\n`);
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/build.mjs'], {
    cwd: root,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${reason}, and the build failed. ${TRY_IT}\n${stdout}${stderr}`);
}
