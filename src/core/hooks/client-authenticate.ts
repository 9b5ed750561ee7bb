import { nextLoginStep } from '../../policy/login/authenticate.ts';
import { deny } from '../../protocol/schema/replies.ts';
import { defineHook } from '../hook.ts';
import { replyOf } from './reply-of.ts';

/** `client.authenticate`: may this client log in? Without a policy the answer is no, and the hook is not registered. */
export const clientAuthenticate = defineHook({
  name: 'client.authenticate',
  needs({ clientinfo }, { policy, answers }) {
    if (policy.authenticate === undefined) return undefined;
    const step = nextLoginStep(policy.authenticate, clientinfo, answers);
    return 'ask' in step ? step.ask : undefined;
  },
  decide({ clientinfo }, { policy, answers }) {
    if (policy.authenticate === undefined) return { reply: deny('no authentication is configured') };
    const step = nextLoginStep(policy.authenticate, clientinfo, answers);
    if ('ask' in step) return { reply: deny('a question was not answered') };
    return { reply: replyOf(step.decision), decision: step.decision };
  },
});
