/** Interprets the status of a response for the events of its request. */

/**
 * `taken`: safe. `refused`: the service will never accept these events. `unwell`: it is busy or broken, temporarily.
 * `misled`: wrong place or missing permission, which is not the fault of an event.
 */
export type Verdict = 'taken' | 'refused' | 'unwell' | 'misled';

/** 408 Request Timeout, 425 Too Early, 429 Too Many Requests. */
const passing = new Set([408, 425, 429]);

/** 401, 402, 403, 407: credentials. 404, 405, 410: another place. 421 Misdirected Request, 426 Upgrade Required. */
const misleading = new Set([401, 402, 403, 404, 405, 407, 410, 421, 426]);

/** Statuses among them that an event's own path explains. */
const ofPath = new Set([404, 405, 410]);

/** About the form of a request, not its content. */
const UNSUPPORTED_MEDIA_TYPE = 415;

export interface Blame {
  /** Whether the route chose the path, with parts of the event in it. */
  readonly hasOwnPath: boolean;
  /** Whether the media type comes from the publisher. */
  readonly hasOwnType: boolean;
}

export function judge(status: number, { hasOwnPath, hasOwnType }: Blame): Verdict {
  if (status >= 200 && status < 300) return 'taken';
  if (status < 400) return 'misled';
  if (status >= 500 || passing.has(status)) return 'unwell';
  if (hasOwnPath && ofPath.has(status)) return 'refused';
  if (status === UNSUPPORTED_MEDIA_TYPE) return hasOwnType ? 'refused' : 'misled';
  return misleading.has(status) ? 'misled' : 'refused';
}

/** Returns what to do about a status that is not the fault of an event. */
export function adviseOn(status: number): string {
  if (status < 400 && status >= 300)
    return 'it redirects, and redirects are not followed: write the URL that it leads to';
  if (status === 401 || status === 403) return 'the credentials are wrong: see headers';
  if (status === 407) return 'a proxy demands credentials, which this sink cannot send';
  if (status === 404 || status === 410) return 'there is nothing at this URL: see url';
  if (status === 405) return 'this URL does not accept this method: see url and method';
  if (status === UNSUPPORTED_MEDIA_TYPE)
    return 'it does not accept this media type: see batch, and the format of the route';
  if (status === 429) return 'it accepts no more for now';
  return status >= 500 ? 'the service reports an error' : 'the request is not what it expects: see url';
}
