/** Adds to an event what only the runtime knows: its source, its time and, if needed, an id. */
import type { Event, StampedEvent } from '../../protocol/schema/event.ts';

/** The parts of a hook's input that say which broker node called. */
export interface Origin {
  readonly meta: { readonly node: string; readonly clusterName: string; readonly version: string };
  readonly clientinfo?: { readonly node: string };
  readonly conninfo?: { readonly node: string };
  readonly message?: { readonly node: string };
}

export interface StampOptions {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Creates an id for events that have none from the broker. */
  readonly newId: (event: Event, origin: Origin) => string;
}

export type Stamp = (event: Event, origin: Origin) => StampedEvent;

/** Caches the source, since consecutive calls mostly come from the same node. */
export function createStamp({ now, newId }: StampOptions): Stamp {
  let cluster = '';
  let node = '';
  let source = sourceOf(cluster, node);
  return (event, origin) => {
    const calling = nodeOf(origin);
    if (calling !== node || origin.meta.clusterName !== cluster) {
      cluster = origin.meta.clusterName;
      node = calling;
      source = sourceOf(cluster, node);
    }
    const { id = newId(event, origin), type, subject, data } = event;
    return { id, source, type, subject, time: now(), data };
  };
}

/** The calling broker node. EMQX before 4.3.14 and 4.4.3 sends no meta: the node is then in the request itself. */
export function nodeOf({ meta, clientinfo, conninfo, message }: Origin): string {
  return meta.node !== '' ? meta.node : (clientinfo?.node ?? conninfo?.node ?? message?.node ?? '');
}

/** `emqx://<cluster>/<node>`; the cluster is empty if unknown. */
export function sourceOf(cluster: string, node: string): string {
  return `emqx://${encode(cluster)}/${encode(node).replaceAll('%40', '@')}`;
}

const plain = /^[\w.~-]*$/;

/** An `@` is allowed in a path, but would end the user name in an authority. [RFC 3986, sections 3.2 and 3.3] */
function encode(part: string): string {
  return plain.test(part) ? part : encodeURIComponent(part.replace(/\p{Surrogate}/gu, '\ufffd'));
}
