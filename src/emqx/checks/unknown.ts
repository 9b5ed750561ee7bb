/** Reports which checks were skipped: no finding does not mean that all is well. */
import type { Check, Finding, Unknown } from '../finding.ts';

export const checkUnknown: Check = ({ broker, own }) => {
  const asked = [
    [broker.server === undefined ? [] : broker.hooks, 'the hooks that the broker calls'],
    [broker.sources, 'the authorization sources'],
    [broker.settings, 'the authorization settings'],
    [broker.authenticators, 'the authenticators'],
  ] as const;
  const missing = asked.flatMap(([fact, what]) => (isUnknown(fact) ? [notLookedAt(what, fact.unknown)] : []));
  return own === undefined ? [...missing, noConfiguration] : missing;
};

function isUnknown(fact: object): fact is Unknown {
  return 'unknown' in fact;
}

function notLookedAt(what: string, why: string): Finding {
  return {
    id: 'not-looked-at',
    severity: 'note',
    what: `${what} could not be read and were not checked`,
    why,
    fix: 'use an API key with the role administrator or viewer',
  };
}

const noConfiguration: Finding = {
  id: 'no-configuration',
  severity: 'note',
  what: 'the configuration of this server was not given',
  why: 'the broker could not be compared with it',
  fix: 'add --config FILE',
};
