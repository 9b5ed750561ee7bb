/** What releases of EMQX do around ExHook, as it was seen on running brokers unless a source is named. */
import { callsTwice, isBefore, readVersion, type Version } from '../../../src/emqx/version.ts';
import { type HookName, registrableHookNames } from '../../../src/protocol/schema/hook-name.ts';

export interface Release {
  readonly version: string;
  /** Of the protocol. */
  readonly protocol: 'v2' | 'v3';
  /** A list with a name that is not among them is refused whole. */
  readonly hooks: readonly HookName[];
  /** Whether it notices by itself that a server was away: 6.2.0 looks every 5 s, up to 5.8 nobody does. */
  readonly checksHealth: boolean;
  /** Whether each reload after an outage lets it call once more (5.10.3; fixed in 6.0.3, 6.1.2, 6.2.0). */
  readonly listGrows: boolean;
  /** What GOAWAY does to calls in flight: 5.3.2 loses them and comes back after 5 s; 5.10.3 finishes them. */
  readonly goaway: 'loses' | 'finishes';
  /** Whether Correlation-Data that is not UTF-8 cannot be encoded, since properties are in its calls (5.9). */
  readonly sendsCorrelationData: boolean;
  /** The result of a login that nobody decides: refused up to 5.8, admitted without an authenticator from 5.9 on. */
  readonly undecided: 'admit' | 'refuse';
  /** Whether hooks stay installed when the server is disabled after an outage (6.2.0, 6.3). */
  readonly keepsHooks: boolean;
}

const INGRESS: Version = [6, 3, 0];

/** @param hasIngress for builds whose version does not tell, such as the one of the recordings. */
export function releaseOf(text: string, hasIngress?: boolean): Release {
  const version = readVersion(text);
  if (version === undefined) throw new TypeError(`${text} is no version`);
  const isOld = isBefore(version, [5, 9, 0]);
  const knowsIngress = hasIngress ?? !isBefore(version, INGRESS);
  return {
    version: text,
    protocol: isOld ? 'v2' : 'v3',
    hooks: registrableHookNames.filter((hook) => hook !== 'message.ingress' || knowsIngress),
    checksHealth: !isOld,
    listGrows: callsTwice(version),
    goaway: isBefore(version, [5, 4, 0]) ? 'loses' : 'finishes',
    sendsCorrelationData: !isOld,
    undecided: isOld ? 'refuse' : 'admit',
    keepsHooks: !isBefore(version, [6, 2, 0]),
  };
}
