import type { ClientRow } from '../api.ts';
import type { ClientRecord } from '../tap/client-table.ts';
import { toDate } from './time.ts';

export function clientView({
  login,
  lastRefusal,
  isConnected,
  isFresh: _,
  ...client
}: ClientRecord): ClientRow {
  return {
    ...client,
    firstSeen: toDate(client.firstSeen),
    lastSeen: toDate(client.lastSeen),
    ...(isConnected !== undefined && { isConnected }),
    ...(login && { login: loginView(login) }),
    ...(lastRefusal && { lastRefusal: { ...lastRefusal, at: toDate(lastRefusal.at) } }),
  };
}

function loginView({ expiresAt, ...login }: NonNullable<ClientRecord['login']>): ClientRow['login'] {
  return { ...login, at: toDate(login.at), ...(expiresAt !== undefined && { expiresAt }) };
}
