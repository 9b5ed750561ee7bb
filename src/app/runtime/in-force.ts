/** What decides about calls at one moment. It is replaced as a whole, between two calls. */
import type { Config } from '../../config/schema.ts';
import type { OpenPolicy } from '../../lookup/open-policy.ts';
import type { DecisionLog } from '../../telemetry/decision-log.ts';

export interface InForce {
  readonly config: Config;
  /** Undefined if the configuration has none. */
  readonly policy: OpenPolicy | undefined;
  readonly logDecision: DecisionLog;
}

/** Returns the configuration with the reloadable sections of another one. */
export function withChangeable(config: Config, next: Config): Config {
  const { authenticate, authorize, publish, decisions } = next;
  return { ...config, authenticate, authorize, publish, decisions };
}
