/** The token of the inspector: from the printed URL's fragment into this tab's storage, and out of the address bar. */
import { signal } from '@preact/signals';

const KEY = 'exhook-inspector-token';

/** Empty until the user has entered one; never in the URL, where histories and screenshots keep it. */
export const token = signal(takeToken());

/** Why the last token was refused, or nothing. */
export const refusal = signal<string | undefined>(undefined);

export function signIn(text: string): void {
  token.value = readToken(text);
  refusal.value = undefined;
  sessionStorage.setItem(KEY, token.value);
}

/** The server does not take the token: a restarted `exhook dev` has another. */
export function signOut(reason: string): void {
  sessionStorage.removeItem(KEY);
  token.value = '';
  refusal.value = reason;
}

/** From a token, or from the whole printed URL. */
export function readToken(text: string): string {
  const fragment = text.includes('#') ? text.slice(text.indexOf('#') + 1) : text;
  return (new URLSearchParams(fragment).get('token') ?? fragment).trim();
}

function takeToken(): string {
  const { hash, pathname, search } = location;
  if (hash.length > 1) {
    sessionStorage.setItem(KEY, readToken(hash));
    history.replaceState(null, '', pathname + search);
  }
  return sessionStorage.getItem(KEY) ?? '';
}
