/** Who answers about logins, before this server is asked and when it cannot be. */
import type { Check, Facts, Finding } from '../finding.ts';
import { known } from '../finding.ts';
import { builtInDatabase, havePreconditions, NEVER, refusesFirst } from '../guard.ts';
import type { Authenticator } from '../schemas.ts';
import { isAnyBefore } from '../version.ts';

export const checkAuthentication: Check = (facts) => {
  const authenticators = known(facts.broker.authenticators);
  if (authenticators === undefined || !isAboutLogins(facts)) return [];
  const enabled = authenticators.filter(({ enable }) => enable);
  if (enabled.length === 0) return [openAtBoot(facts)];
  return [
    ...checkOldRelease(facts),
    ...checkGuard(enabled, facts),
    ...checkOthers(enabled),
    ...checkUsers(facts),
  ];
};

function isAboutLogins({ broker, own }: Facts): boolean {
  if (own !== undefined) return own.hooks.some(({ name }) => name === 'client.authenticate');
  return broker.server?.hooks.some(({ name }) => name === 'client.authenticate') ?? false;
}

function hasPreconditions({ broker }: Facts): boolean | undefined {
  return havePreconditions(broker.nodes);
}

function openAtBoot(facts: Facts): Finding {
  const precondition = hasPreconditions(facts) ? ` and precondition = "${NEVER}"` : '';
  return {
    id: 'open-at-boot',
    severity: 'error',
    what: 'the broker has no authenticator of its own',
    why: 'until it has loaded this server for the first time, and whenever it is disabled, it admits everybody, whatever failed_action says',
    fix: `exhook register adds a guard: a password-based authenticator with the built-in database, no users in it${precondition}, which admits nobody (EMQX 5.0.12 and later)`,
  };
}

function checkOldRelease({ broker }: Facts): Finding[] {
  if (!isAnyBefore(broker.nodes, [5, 0, 12])) return [];
  return [
    {
      id: 'no-guard',
      severity: 'warning',
      what: 'this release of EMQX does not refuse clients that its own authenticators do not know',
      why: 'before 5.0.12, an authenticator that matches nobody leaves the decision open while this server is not loaded',
      fix: 'update EMQX',
    },
  ];
}

/** An empty database refuses clients without a password at once: this server is never asked about them. */
function checkGuard(enabled: readonly Authenticator[], facts: Facts): Finding[] {
  const guard = builtInDatabase(enabled);
  const admits = facts.own?.admitsWithoutPassword;
  if (guard === undefined || admits === undefined || !refusesFirst(guard)) return [];
  const found = {
    id: 'guard-refuses-first',
    what: `the broker's built-in database refuses every client without a password (bad_username_or_password), and ${admits} may admit such clients`,
    why: 'the database is asked first, and its refusal is final: this server never sees these logins',
  };
  if (hasPreconditions(facts) !== false)
    return [
      {
        ...found,
        severity: 'error',
        fix: `exhook register, or set precondition = "${NEVER}" on that authenticator (EMQX 5.9 and later): it then refuses nobody, and still admits nobody while this server is not loaded`,
      },
    ];
  return [
    {
      ...found,
      severity: 'error',
      fix: 'let these clients send a user name and any password, or update EMQX to 5.9 or later, where a precondition helps. Without the database they are asked about, and everybody is admitted until the broker has loaded this server',
    },
  ];
}

function checkOthers(enabled: readonly Authenticator[]): Finding[] {
  const guard = builtInDatabase(enabled);
  const others = enabled.filter((one) => one !== guard);
  if (others.length === 0) return [];
  return [
    {
      id: 'decides-before',
      severity: 'warning',
      what: `the broker's own authenticators are asked before this server: ${others.map(({ id }) => id).join(', ')}`,
      why: 'what one of them decides is final: this server never sees these logins, admitted or refused',
      fix: 'disable them, unless this is how it is meant',
    },
  ];
}

function checkUsers({ broker }: Facts): Finding[] {
  if (known(broker.builtInUsers)?.hasSome !== true) return [];
  return [
    {
      id: 'built-in-users',
      severity: 'warning',
      what: "the broker's built-in database has users",
      why: 'they log in with the passwords they have there, without a question to this server; superusers among them are never asked about topics either',
      fix: 'remove these users, unless this is how it is meant; the empty database stays as a guard',
    },
  ];
}
