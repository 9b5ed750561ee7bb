/** Opens the spool of a directory, and repairs a damaged one. */
import { findLiving, registerProcess } from './live-processes.ts';
import { withLock } from './lock.ts';
import { prepare, type Repair } from './prepare.ts';
import type { Spool, SpoolOptions, SpoolWorld } from './spool.ts';
import { explainUse, makeDirectory } from './spool-directory.ts';
import { findOtherFormats, type SpoolPaths, spoolPaths } from './spool-paths.ts';
import { openStore } from './store.ts';
import { StoredSpool } from './stored-spool.ts';
import { createWriteGate, waitForQuiet } from './write-gate.ts';

/**
 * Opens the spool of a directory, which is created if need be. From a damaged file everything that can be read is
 * taken over, and the file is kept; see docs/spool.md.
 *
 * @throws TypeError when the directory cannot be used; the message says what to do.
 */
export async function openSpool(options: SpoolOptions, world: SpoolWorld): Promise<Spool> {
  const paths = spoolPaths(options.path);
  makeDirectory(paths.directory);
  try {
    return await withLock(paths.openLock, () => openLocked(paths, options, world));
  } catch (error) {
    throw explainUse(error, paths.directory);
  }
}

async function openLocked(paths: SpoolPaths, options: SpoolOptions, world: SpoolWorld): Promise<Spool> {
  const { log, now } = world;
  const isAlone = findLiving(paths.processes, now).length === 0;
  const processes = registerProcess(paths.processes, now);
  try {
    if (isAlone) reportRepair(await prepare(paths, { ...options, now }), log);
    reportOtherFormats(paths, log);
    await waitForQuiet(paths, now);
    const gate = createWriteGate(paths, processes.id);
    const store = await openStore({ ...options, path: paths.data, gate });
    return new StoredSpool({ options, world, paths, processes, store });
  } catch (error) {
    processes.close();
    throw error;
  }
}

function reportRepair(repair: Repair | undefined, log: SpoolWorld['log']): void {
  if (repair === undefined) return;
  const { saved, lost, aside } = repair;
  log.error(
    { code: 'sink_failed', saved, lost, path: aside },
    'the spool was damaged: its readable entries are kept, and the damaged file is set aside',
  );
}

function reportOtherFormats(paths: SpoolPaths, log: SpoolWorld['log']): void {
  for (const path of findOtherFormats(paths))
    log.warn({ path }, 'a spool file of another release is left untouched: only that release can read it');
}
