/** Logs one line a call, for debugging: only at the level `debug`, and then without any limit. */

import type { Outcome } from '../core/hook.ts';
import type { Logger } from '../log/log.ts';
import type { Failure } from '../protocol/failure.ts';
import type { HookInput } from '../protocol/schema/requests.ts';
import type { Rpc } from '../protocol/wire/rpc.ts';

export interface CallLog {
  decided(rpc: Rpc, input: HookInput, outcome: Outcome): void;
  failed(rpc: Rpc | undefined, failure: Failure): void;
}

/** Without payloads, and without user names, which may be tokens. */
interface Names {
  readonly node?: string | undefined;
  readonly clientid?: string | undefined;
  readonly topic?: string | undefined;
}

export function createCallLog(log: Pick<Logger, 'debug' | 'isLevelEnabled'>): CallLog {
  return {
    decided({ hook, version: protocol }, input, { reply }) {
      // The level may change while the server runs.
      if (!log.isLevelEnabled('debug')) return;
      log.debug({ hook, protocol, ...namesOf(input), answer: reply.kind }, 'a call was decided');
    },
    failed(rpc, { code }) {
      if (!log.isLevelEnabled('debug')) return;
      log.debug({ hook: rpc?.hook ?? 'none', protocol: rpc?.version, code }, 'a call failed');
    },
  };
}

function namesOf(input: HookInput): Names {
  const { clientinfo, conninfo, message, topic } = input as {
    readonly clientinfo?: Names;
    readonly conninfo?: Names;
    readonly message?: { readonly node: string; readonly from: string; readonly topic: string };
    readonly topic?: unknown;
  };
  const client = clientinfo ?? conninfo;
  if (message !== undefined) {
    const { node, from, topic: to } = message;
    return { node, clientid: client?.clientid ?? from, topic: to };
  }
  return { node: client?.node, clientid: client?.clientid, ...(typeof topic === 'string' && { topic }) };
}
