/** What Redis says when it does not do what it was asked, and what to do about it. */
import { redisCode } from '../../lib/redis/code.ts';

const advice: Readonly<Record<string, string>> = {
  WRONGPASS: 'it does not know this user with this password: see username and password',
  NOAUTH: 'it demands a password: see username and password',
  NOPERM:
    'the user may not do this: allow it the commands xadd, multi, exec, ping and type, eval, set and del for dedupe, and the keys of the streams',
  WRONGTYPE: 'the key of the stream holds something that is no stream: see stream',
  OOM: 'it is full (maxmemory): make room, see maxLength, or raise maxmemory',
  READONLY: 'it is a replica, which takes no writes: see url',
  MISCONF: 'it cannot save to its disk and takes no writes: see its log',
  LOADING: 'it is still loading its data',
  MASTERDOWN: 'it has lost its master',
  NOREPLICAS: 'it has fewer replicas than it needs for writes',
  MOVED: 'it is a cluster, and the stream is on another node: see url',
  CROSSSLOT:
    'it is a cluster, and the streams of a batch are on several nodes: write one stream, or a {tag} into their names',
  CLUSTERDOWN: 'its cluster is down',
  NOPROTO: 'it does not speak the protocol',
};

/** Says nothing of what Redis says itself, which may quote a command. */
export function explain(error: unknown, place: string): Error {
  const { name, message } = error as Error;
  if (name === 'AbortError') return new Error(`${place} did not answer in time`);
  const code = redisCode(error);
  if (code === 'Error') return new Error(`${place}: ${message}`);
  const known = advice[code];
  return new Error(`${place} did not take it: ${known === undefined ? code : `${code}, ${known}`}`);
}

/** Errors about a key: where an event chose it, the event is to blame. */
const aboutKeys = new Set(['WRONGTYPE', 'NOPERM', 'MOVED', 'CROSSSLOT']);

export function isAboutKey(error: unknown): boolean {
  return aboutKeys.has(redisCode(error));
}

/** After these another connection may lead to a server that is better off. */
const stale = new Set(['READONLY', 'MASTERDOWN', 'UNBLOCKED']);

/** Whether a connection is of use after this error: only what Redis itself has answered leaves it whole. */
export function isStillGood(error: unknown): boolean {
  const code = redisCode(error);
  return /^[A-Z]+$/.test(code) && !stale.has(code) && !('code' in (error as object));
}
