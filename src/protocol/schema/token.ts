/** Hides secret user names: clients may log in with a JSON Web Token as user name. */
import type { EventData } from './event.ts';

/**
 * RFC 7519, section 3: base64url parts separated by dots; the first is a JSON object. Encoded, `{"` and `{ ` begin with
 * these letters, so `site.room.sensor` is not a token.
 */
const TOKEN = /^ey[A-L][\w-]{5,}\.[\w-]+\.[\w-]*(?:\.[\w-]*){0,2}$/;

/** Placeholder for a token. */
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

/** Hides tokens in the client data of an event. Copies only if a user name is a token. */
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
