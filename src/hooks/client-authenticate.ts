import { defineHook } from '../hook.ts';
import { deny } from '../schema/replies.ts';

/** `client.authenticate`: may this client log in? Without a policy nobody may, and no broker is told to ask. */
export const clientAuthenticate = defineHook({
  name: 'client.authenticate',
  decide: () => ({ reply: deny('no authentication is configured') }),
});
