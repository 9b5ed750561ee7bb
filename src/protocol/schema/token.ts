/** User names that are secrets: clients may log in with a JSON Web Token in the place of a name. */
import type { EventData } from './event.ts';

/**
 * RFC 7519, section 3: base64url parts with dots between, of which the first is a JSON object. `{"` and `{ ` begin with
 * these letters, so that `site.room.sensor` is a name like any other.
 */
const TOKEN = /^ey[A-L][\w-]{5,}\.[\w-]+\.[\w-]*(?:\.[\w-]*){0,2}$/;

/** What stands for a token. */
export const HIDDEN_TOKEN = '(a token)';

export function hideToken(username: string): string {
  return username.startsWith('ey') && TOKEN.test(username) ? HIDDEN_TOKEN : username;
}

interface Named {
  readonly username?: string;
}

interface Told {
  readonly clientinfo?: Named;
  readonly conninfo?: Named;
  readonly message?: { readonly headers: Named };
}

/** What an event may tell of who a call is about. Nothing is copied unless a user name is a token. */
export function withoutTokens(data: EventData): EventData {
  const { clientinfo, conninfo, message } = data as Told;
  if (!isToken(clientinfo) && !isToken(conninfo) && !isToken(message?.headers)) return data;
  return {
    ...data,
    ...(clientinfo && { clientinfo: hidden(clientinfo) }),
    ...(conninfo && { conninfo: hidden(conninfo) }),
    ...(message && { message: { ...message, headers: hidden(message.headers) } }),
  };
}

function isToken(named: Named | undefined): boolean {
  const username = named?.username;
  return username !== undefined && hideToken(username) !== username;
}

function hidden(named: Named): Named {
  return named.username === undefined ? named : { ...named, username: hideToken(named.username) };
}
