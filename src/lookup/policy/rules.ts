/** The rules of a policy: those of the configuration, and after them those of its ACL files. */
import type { Config } from '../../config/schema.ts';
import { EVERYTHING } from '../../config/sections/authorize.ts';
import { allowsEverything } from '../../policy/allows-everything.ts';
import type { Rule } from '../../policy/rule.ts';
import { AclFileError, type AclFiles, openAclFiles } from '../acl-files.ts';
import type { PolicyWorld } from './open-policy.ts';

export interface OpenRules {
  /** As they are now. */
  readonly rules: readonly Rule[];
  close(): void;
}

/**
 * Adds what is wrong to the problems; then the rules are not to be used, only closed.
 *
 * @param changed called after a file has changed and its rules are in force.
 */
export async function openRules(
  authorize: Config['authorize'],
  { isDry, log, refused }: PolicyWorld,
  changed: () => void,
  problems: string[],
): Promise<OpenRules> {
  if (authorize === undefined) return { rules: [], close: () => {} };
  let rules: readonly Rule[] = authorize.rules;

  /** Policy and files judged as one. */
  function accept(fromFiles: readonly Rule[]): void {
    const all = [...(authorize?.rules ?? []), ...fromFiles];
    if (!authorize?.iKnowThisAllowsEveryone && allowsEverything(all, authorize?.otherwise ?? 'deny'))
      throw new TypeError(`authorize: ${EVERYTHING}`);
    rules = all;
  }

  let files: AclFiles | undefined;
  try {
    files = await openAclFiles(authorize.sources, {
      isWatched: !isDry,
      onChange(fromFiles, path) {
        accept(fromFiles);
        log.info(`${path} has changed and was read again`);
        changed();
      },
      onProblem: (message) => {
        refused?.('rules');
        log.error(`${message}; the rules read before stay in force`);
      },
    });
    accept(files.rules);
  } catch (error) {
    if (error instanceof AclFileError) problems.push(...error.problems);
    else if (error instanceof TypeError) problems.push(error.message);
    else throw error;
  }
  return {
    get rules() {
      return rules;
    },
    close: () => files?.close(),
  };
}
