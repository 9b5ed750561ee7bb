/** The releases of EMQX that the dev broker can behave as. */
import type { Version } from '../../../protocol/wire/versions.ts';

/** What differs between releases, as far as ExHook is concerned. */
export interface Release {
  /** For example `5.10.3`. */
  readonly version: string;
  readonly protocol: Version;
  readonly sysdescr: string;
  /** `result` of client.authenticate: what the broker itself would say, without an authenticator. */
  readonly admitsByItself: boolean;
  /** Whether client.unsubscribe names the topic filters. */
  readonly namesUnsubscribed: boolean;
  /** Whether calls have the source port of a client. */
  readonly tellsPeerPort: boolean;
  /** Whether message.ingress exists; a list that names it is refused otherwise. */
  readonly hasIngress: boolean;
}

const modern = {
  protocol: 'v3',
  sysdescr: 'EMQX Enterprise',
  admitsByItself: true,
  namesUnsubscribed: true,
  tellsPeerPort: true,
} as const;

export const releases: Readonly<Record<string, Release>> = {
  '5.10.3': { ...modern, version: '5.10.3', hasIngress: false },
  '6.3.1': { ...modern, version: '6.3.1', hasIngress: true },
  '5.3.2': {
    version: '5.3.2',
    protocol: 'v2',
    sysdescr: 'EMQX',
    admitsByItself: false,
    namesUnsubscribed: false,
    tellsPeerPort: false,
    hasIngress: false,
  },
};

export const DEFAULT_RELEASE = '5.10.3';

/** `node` in every request. */
export const NODE = 'exhook-dev@127.0.0.1';

/** `meta` in every request. */
export function metaOf({ version, sysdescr }: Release) {
  return { node: NODE, version, sysdescr, clusterName: 'exhook-dev' };
}
