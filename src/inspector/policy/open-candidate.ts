/** Opens a candidate to be asked: nothing is watched, and no service is asked. */
import type { Environment } from '../../lib/secret.ts';
import { openDryPolicy } from '../../lookup/open-dry.ts';
import { type OpenPolicy, PolicyError } from '../../lookup/open-policy.ts';
import type { PolicyProblem } from '../api.ts';
import { RequestError } from '../http/api-error.ts';
import { type Candidate, type CandidateWorld, readCandidate } from './candidate.ts';

export interface OpenedCandidate extends Candidate {
  readonly policy: OpenPolicy;
  readonly openWarnings: readonly string[];
}

/**
 * @param now milliseconds since 1970, by which tokens and grants are judged.
 * @throws RequestError `invalid_policy`, with every problem.
 */
export async function openCandidate(
  yaml: string,
  world: CandidateWorld,
  env: Environment,
  now: () => number,
): Promise<OpenedCandidate> {
  const read = await readCandidate(yaml, world);
  if ('problems' in read) throw invalid(read.problems);
  const openWarnings: string[] = [];
  try {
    const policy = await openDryPolicy(read.config, { env, warn: (text) => openWarnings.push(text), now });
    return { ...read, policy, openWarnings: [...openWarnings, ...policy.warnings] };
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    throw invalid(await read.place(error.problems));
  }
}

function invalid(problems: readonly PolicyProblem[]): RequestError {
  const [first] = problems;
  const where = first && { line: first.line, column: first.column, path: first.path };
  return new RequestError(
    'invalid_policy',
    `the policy has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}`,
    {
      ...(where && { where }),
      problems,
    },
  );
}
