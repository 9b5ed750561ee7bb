import { defineHook } from '../hook.ts';
import { deny } from '../schema/replies.ts';

/** `client.authorize`: may this client use this topic? Without a policy it may not, and no broker is told to ask. */
export const clientAuthorize = defineHook({
  name: 'client.authorize',
  decide: () => ({ reply: deny('no authorization is configured') }),
});
