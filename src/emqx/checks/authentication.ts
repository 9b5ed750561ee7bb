/** Checks who decides about logins before this server is asked, and while it cannot be asked. */
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
    what: 'the broker does not have its own authenticator',
    why: 'it admits everybody until it has loaded this server for the first time, and whenever this server is disabled, whatever failed_action says',
    fix: `run exhook register to add a guard: a password-based authenticator with the built-in database and without users${precondition}. It admits nobody (EMQX 5.0.12 and later)`,
  };
}

function checkOldRelease({ broker }: Facts): Finding[] {
  if (!isAnyBefore(broker.nodes, [5, 0, 12])) return [];
  return [
    {
      id: 'no-guard',
      severity: 'warning',
      what: 'this release of EMQX admits clients that its own authenticators do not know',
      why: 'before 5.0.12, a client that no authenticator matches is not refused while this server is not loaded',
      fix: 'update EMQX',
    },
  ];
}

/** Finds an empty database that refuses clients without a password: this server is never asked about them. */
function checkGuard(enabled: readonly Authenticator[], facts: Facts): Finding[] {
  const guard = builtInDatabase(enabled);
  const admits = facts.own?.admitsWithoutPassword;
  if (guard === undefined || admits === undefined || !refusesFirst(guard)) return [];
  const found = {
    id: 'guard-refuses-first',
    what: `the broker's built-in database refuses every client without a password (bad_username_or_password), and ${admits} may admit such clients`,
    why: 'the database is asked first and its refusal is final: this server never sees these logins',
  };
  if (hasPreconditions(facts) !== false)
    return [
      {
        ...found,
        severity: 'error',
        fix: `run exhook register, or set precondition = "${NEVER}" on that authenticator (EMQX 5.9 and later). It then refuses nobody, and still admits nobody while this server is not loaded`,
      },
    ];
  return [
    {
      ...found,
      severity: 'error',
      fix: 'let these clients send a user name and any password, or update EMQX to 5.9 or later and set a precondition. Without the database this server is asked about them, but the broker admits everybody until it has loaded this server',
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
      what: `the broker asks its own authenticators before this server: ${others.map(({ id }) => id).join(', ')}`,
      why: 'the decision of an authenticator is final: this server never sees these logins, admitted or refused',
      fix: 'disable them, unless this is intended',
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
      why: 'these users log in with their password in the database, and this server is not asked; superusers among them are never checked for topics either',
      fix: 'remove these users, unless this is intended; keep the empty database as a guard',
    },
  ];
}
