import type { HookSpec } from '../../protocol/schema/replies.ts';

/** What one process of a server tells the others about a broker node. */
export interface NodeNews {
  readonly node: string;
  /**
   * The node asked for its hooks; it called; it has the list of another replica; a warning about its list was
   * logged.
   */
  readonly what: 'asked' | 'called' | 'elsewhere' | 'warned';
  /** For `asked`: the hooks it got. */
  readonly hooks?: readonly HookSpec[];
  readonly version?: string;
  /** For `asked`: the node seems to have rejected a list before. */
  readonly isRefused?: boolean;
  /** For `warned`: the difference of its list. */
  readonly state?: string;
}
