/** The policies that explain a call: those in force, or a candidate. */
import type { Config } from '../../config/schema.ts';
import type { OpenPolicy } from '../../lookup/open-policy.ts';
import type { Place } from '../api.ts';

export interface PolicyView {
  readonly config: Pick<Config, 'authenticate' | 'authorize' | 'publish'>;
  /** Nothing without policies. */
  readonly policy: OpenPolicy | undefined;
  /** Finds where parts of the configuration stand; nothing for what no file has. */
  find(paths: readonly (readonly PropertyKey[])[]): Promise<readonly (Place | undefined)[]>;
}
