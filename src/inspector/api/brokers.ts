/** Broker nodes and clients. */

export interface Brokers {
  /** Hooks that brokers are asked to call, and why. */
  readonly registered: readonly {
    readonly name: string;
    readonly topics: readonly string[];
    readonly because: string;
  }[];
  readonly nodes: readonly BrokerNode[];
  /** Traps and outdated hook lists, in words. */
  readonly warnings: readonly string[];
  /** Of `exhook doctor`; absent without `broker` in the configuration. */
  readonly findings?: readonly Finding[] | undefined;
}

export interface BrokerNode {
  readonly node: string;
  readonly protocol: string;
  /** Release, as it said when it asked for the hook list; empty before. */
  readonly version: string;
  readonly calls: Readonly<Record<string, { readonly calls: number; readonly last: number }>>;
  /** Hooks that it was answered; absent when it has not asked. */
  readonly list?: readonly string[] | undefined;
  /** Whether the list that it holds is not the one of this server. */
  readonly isOutdated: boolean;
}

export interface Finding {
  readonly id: string;
  readonly severity: 'error' | 'warning' | 'note';
  readonly what: string;
  readonly why: string;
  readonly fix: string;
}

export interface ClientsQuery {
  /** A text that client id, user name, address or node contains. */
  readonly filter?: string;
  /** 1 to 1000. Default: 200. */
  readonly limit?: string;
}

export interface Clients {
  /** The one seen last first. */
  readonly clients: readonly ClientRow[];
  /** Clients that match; at most 5,000 are kept. */
  readonly total: number;
}

export interface ClientRow {
  readonly clientid: string;
  readonly username: string;
  readonly node: string;
  readonly peerhost: string;
  readonly firstSeen: number;
  readonly lastSeen: number;
  readonly calls: number;
  readonly refused: number;
  /** As far as its hooks tell. */
  readonly isConnected?: boolean | undefined;
  /** Of its last login here. */
  readonly login?:
    | {
        readonly at: number;
        readonly seq: number;
        readonly by: string;
        readonly tags: Readonly<Record<string, string>>;
        /** How many rules of its own it brought. */
        readonly grants: number;
        readonly expiresAt?: number | undefined;
      }
    | undefined;
  readonly lastRefusal?:
    | {
        readonly at: number;
        readonly seq: number;
        readonly hook: string;
        readonly topic: string;
        readonly by: string;
        readonly reason: string;
      }
    | undefined;
}
