/** Who is logged in, so far as a recording tells: the topic checks behind a login depend on what it brought. */
import type { OpenPolicy } from '../../lookup/open-policy.ts';
import type { Granted, Known } from '../../policy/policy.ts';
import type { Decision } from '../../protocol/schema/decision.ts';
import type { Gap } from './gaps.ts';

export class Logins {
  readonly #policy: OpenPolicy;
  /** Clients that were asked for by name and password, or by a service: what they were granted is not known. */
  readonly #untold = new Set<string>();

  constructor(policy: OpenPolicy) {
    this.#policy = policy;
  }

  /** A login was decided, or would have been but for the gaps. */
  decided(client: Known, decision: Decision, gaps: readonly Gap[]): void {
    const admits = gaps.length === 1 ? gaps[0]?.admits : undefined;
    if (gaps.length === 0) this.#remember(client, decision);
    // Who goes on after such a login had the right password: no later call comes from anybody else.
    else if (admits !== undefined)
      this.#remember(client, { ...decision, verdict: 'allow', by: admits.by, grant: { tags: admits.tags } });
    else this.#untold.add(keyOf(client));
  }

  #remember(client: Known, decision: Decision): void {
    this.#policy.loginDecided(client, decision);
    if (decision.verdict === 'allow') this.#untold.delete(keyOf(client));
  }

  /** @param untold what stands for grants that are not known. */
  find(client: Known, untold: Granted): Granted | undefined {
    if (this.#untold.has(keyOf(client))) return untold;
    return this.#policy.policies.authorize?.grantsOf?.(client);
  }
}

/** As grants are kept: none of these holds NUL. [MQTT-1.5.4-2] */
function keyOf({ node, clientid, username }: Known): string {
  return `${node}\0${clientid}\0${username}`;
}
