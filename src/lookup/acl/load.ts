/** Turns the bytes of an ACL file into compiled rules: checked on another thread, compiled in slices. */

import type { Job } from '../../lib/offload/job.ts';
import { OffloadError, offload } from '../../lib/offload/offload.ts';
import { unpackList } from '../../lib/packed-list.ts';
import type { FileBytes } from '../../lib/read-bytes.ts';
import { inSlices } from '../../lib/slices.ts';
import { type CompiledRule, compileChecked, compileSteps } from '../../policy/topics/compiled-rule.ts';
import type { Rule } from '../../policy/topics/rule.ts';
import type { SourceSection } from '../sections/authorize.ts';
import { type AclJob, type AclOutput, aclJob, pathOf } from './job.ts';

export interface LoadedAcl {
  /** Identifies the content of the file. */
  readonly digest: string;
  readonly rules: readonly CompiledRule[];
}

/** An ACL file that cannot be used, with the line of every problem. */
export class AclFileError extends Error {
  override readonly name = 'AclFileError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

export const aclFileJob: Job<AclJob['input'], AclJob['output']> = { name: 'acl', load: async () => aclJob };

/** Files up to this size, in bytes, are checked in about ten milliseconds. */
const SMALL = 32 * 1024;

/** The last result for each source, for as long as a policy uses it. */
export type KnownAcls = Map<string, WeakRef<LoadedAcl>>;

/**
 * Loads an ACL file. The bytes are emptied.
 *
 * @param known sources that have not changed are not read and compiled again.
 * @throws AclFileError
 */
export async function loadAcl(
  source: SourceSection,
  { bytes, digest }: FileBytes,
  known: KnownAcls,
): Promise<LoadedAcl> {
  const key = JSON.stringify([source.mosquitto, source.emqx, source.securityProfile]);
  const before = known.get(key)?.deref();
  if (before?.digest === digest) return before;
  const acl = await checkAcl(source, bytes);
  if ('problems' in acl) throw new AclFileError(acl.problems);
  const rules = await inSlices(unpackList<Rule>(acl.rules));
  const loaded = { digest, rules: await inSlices(compileSteps(rules, undefined, compileChecked)) };
  known.set(key, new WeakRef(loaded));
  return loaded;
}

async function checkAcl(source: SourceSection, bytes: FileBytes['bytes']): Promise<AclOutput> {
  if (bytes.length <= SMALL) return aclJob({ source, bytes }).output;
  try {
    return await offload(aclFileJob, { source, bytes }, [bytes.buffer]);
  } catch (error) {
    if (error instanceof OffloadError) throw new AclFileError([`${pathOf(source)}: ${error.message}`]);
    throw error;
  }
}
