import type { HookSpec } from '../../protocol/schema/replies.ts';

/** What one process of a server tells the others about a broker node. */
export interface NodeNews {
  readonly node: string;
  /** It asked for its hooks; it called; it holds a list of another replica; somebody was warned of its list. */
  readonly what: 'asked' | 'called' | 'elsewhere' | 'warned';
  /** Of `asked`: what was answered. */
  readonly hooks?: readonly HookSpec[];
  readonly version?: string;
  /** Of `asked`: the node seems to have refused a list before. */
  readonly isRefused?: boolean;
  /** Of `warned`: what is wrong with its list. */
  readonly state?: string;
}
