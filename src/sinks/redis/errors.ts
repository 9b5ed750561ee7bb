/** Explains Redis errors, and what to do about them. */
import { redisCode } from '../../lib/redis/code.ts';

const advice: Readonly<Record<string, string>> = {
  WRONGPASS: 'it does not know this user with this password: see username and password',
  NOAUTH: 'it demands a password: see username and password',
  NOPERM:
    'the user may not do this: allow it the commands xadd, multi, exec, ping and type; for dedupe also eval, set and del; and the keys of the streams',
  WRONGTYPE: 'the key of the stream holds another type than a stream: see stream',
  OOM: 'it is full (maxmemory): free some memory, see maxLength, or raise maxmemory',
  READONLY: 'it is a replica, which does not accept writes: see url',
  MISCONF: 'it cannot save to its disk and does not accept writes: see its log',
  LOADING: 'it is still loading its data',
  MASTERDOWN: 'it has lost its master',
  NOREPLICAS: 'it has fewer replicas than it needs for writes',
  MOVED: 'it is a cluster, and the stream is on another node: see url',
  CROSSSLOT:
    'it is a cluster, and the streams of a batch are on several nodes: use one stream, or put a {tag} into their names',
  CLUSTERDOWN: 'its cluster is down',
  NOPROTO: 'it does not speak the protocol',
};

/** Leaves out Redis's own text, which may quote a command. */
export function explain(error: unknown, place: string): Error {
  const { name, message } = error as Error;
  if (name === 'AbortError') return new Error(`${place} did not answer in time`);
  const code = redisCode(error);
  if (code === 'Error') return new Error(`${place}: ${message}`);
  const known = advice[code];
  return new Error(`request to ${place} failed: ${known === undefined ? code : `${code}, ${known}`}`);
}

/** Errors about a key: if an event chose it, the event is at fault. */
const aboutKeys = new Set(['WRONGTYPE', 'NOPERM', 'MOVED', 'CROSSSLOT']);

export function isAboutKey(error: unknown): boolean {
  return aboutKeys.has(redisCode(error));
}

/** Errors after which a new connection may reach a healthier server. */
const stale = new Set(['READONLY', 'MASTERDOWN', 'UNBLOCKED']);

/** Whether a connection is usable after this error: only answers from Redis itself leave it intact. */
export function isStillGood(error: unknown): boolean {
  const code = redisCode(error);
  return /^[A-Z]+$/.test(code) && !stale.has(code) && !('code' in (error as object));
}
