/** Combines the rules of a policy: those of the configuration, then those of its ACL files. */

import { inSlices } from '../../lib/slices.ts';
import type { CompileCondition } from '../../policy/condition.ts';
import { allowsEverythingSteps } from '../../policy/topics/allows-everything.ts';
import { type Authorize, judgeSteps } from '../../policy/topics/authorize.ts';
import { type CompiledRule, compileSteps } from '../../policy/topics/compiled-rule.ts';
import type { Rule } from '../../policy/topics/rule.ts';
import { type AclFiles, openAclFiles } from '../acl/files.ts';
import { AclFileError, type LoadedAcl } from '../acl/load.ts';
import { conditionProblems } from '../messages/open-conditions.ts';
import { EVERYTHING } from '../sections/authorize.ts';
import type { PolicyConfig, PolicyWorld } from './open-policy.ts';

/** Compiled rules. */
export interface Ruled {
  readonly rules: readonly Rule[];
  readonly judge: Authorize;
  /** Identifies the state of the files. */
  readonly digest: string;
}

export interface OpenRules {
  /** The current rules. */
  readonly inForce: Ruled;
  /** Stops watching; the rules stay. */
  close(): void;
}

const noRules: Ruled = { rules: [], judge: () => ({ verdict: undefined, notes: [] }), digest: '' };

/**
 * Opens the rules. Adds problems to the list; the rules must then only be closed.
 *
 * @param changed called after a file has changed and its rules are in force.
 * @param check throws a TypeError with a line per problem for rules that must not be used. Default: accepts
 * all.
 */
export async function openRules(
  authorize: PolicyConfig['authorize'],
  conditions: CompileCondition | undefined,
  { isDry, log, refused, knownAcls }: PolicyWorld,
  changed: () => void,
  problems: string[],
  check: (rules: readonly CompiledRule[]) => Promise<void> = async () => {},
): Promise<OpenRules> {
  if (authorize === undefined) return { inForce: noRules, close: () => {} };
  const wrong = await inSlices(conditionProblems(authorize.rules, conditions));
  problems.push(...wrong);
  const own = wrong.length > 0 ? [] : await inSlices(compileSteps(authorize.rules, conditions));
  let inForce = noRules;

  /** Checks policy and files together. */
  async function accept(fromFiles: readonly LoadedAcl[]): Promise<void> {
    const compiled = [own, ...fromFiles.map(({ rules }) => rules)].flat();
    await refuseEverything(compiled);
    await check(compiled);
    const judge = await inSlices(judgeSteps(compiled));
    const digest = fromFiles.map((file) => file.digest).join(' ');
    inForce = { rules: compiled.map(({ rule }) => rule), judge, digest };
  }

  async function refuseEverything(compiled: readonly CompiledRule[]): Promise<void> {
    if (authorize === undefined || authorize.iKnowThisAllowsEveryone) return;
    if (await inSlices(allowsEverythingSteps(compiled, authorize.otherwise)))
      throw new TypeError(`authorize: ${EVERYTHING}`);
  }

  let files: AclFiles | undefined;
  try {
    files = await openAclFiles(authorize.sources, {
      known: knownAcls,
      async onChange(fromFiles, paths) {
        await accept(fromFiles);
        for (const path of paths) log.info(`${path} changed and was reloaded`);
        changed();
      },
      onProblem: (message) => {
        refused?.('rules');
        log.error(`${message}; the previous rules stay in effect`);
      },
    });
    if (wrong.length > 0) return { inForce, close: () => {} };
    await accept(files.files);
    if (!isDry) files.watch();
  } catch (error) {
    if (error instanceof AclFileError) problems.push(...error.problems);
    else if (error instanceof TypeError) problems.push(...error.message.split('\n'));
    else throw error;
  }
  return {
    get inForce() {
      return inForce;
    },
    close: () => files?.close(),
  };
}
