/** Tracks who is logged in, as far as a recording shows: topic checks depend on the grants of the login. */
import type { OpenPolicy } from '../../lookup/open-policy.ts';
import type { Granted, Known } from '../../policy/policy.ts';
import type { Decision } from '../../protocol/schema/decision.ts';
import type { Gap } from './gaps.ts';

export class Logins {
  readonly #policy: OpenPolicy;
  /** Clients whose grants are unknown, because a password or a service was needed. */
  readonly #untold = new Set<string>();

  constructor(policy: OpenPolicy) {
    this.#policy = policy;
  }

  /** Records a decided login, or one with gaps. */
  decided(client: Known, decision: Decision, gaps: readonly Gap[]): void {
    const admits = gaps.length === 1 ? gaps[0]?.admits : undefined;
    if (gaps.length === 0) this.#remember(client, decision);
    // A client that makes further calls after such a login had the right password.
    else if (admits !== undefined)
      this.#remember(client, { ...decision, verdict: 'allow', by: admits.by, grant: { tags: admits.tags } });
    else this.#untold.add(keyOf(client));
  }

  #remember(client: Known, decision: Decision): void {
    this.#policy.loginDecided(client, decision);
    if (decision.verdict === 'allow') this.#untold.delete(keyOf(client));
  }

  /** @param untold stands for unknown grants. */
  find(client: Known, untold: Granted): Granted | undefined {
    if (this.#untold.has(keyOf(client))) return untold;
    return this.#policy.policies.authorize?.grantsOf?.(client);
  }
}

/** Like the keys of grants: none of these contains NUL. [MQTT-1.5.4-2] */
function keyOf({ node, clientid, username }: Known): string {
  return `${node}\0${clientid}\0${username}`;
}
