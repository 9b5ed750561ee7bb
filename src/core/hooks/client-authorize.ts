import type { Granted } from '../../policy/policy.ts';
import { decideAction, GRANTS, grantsQuestion } from '../../policy/topics/authorize-action.ts';
import { deny } from '../../protocol/schema/replies.ts';
import { Action } from '../../protocol/schema/requests.ts';
import { defineHook } from '../hook.ts';
import { replyOf } from './reply-of.ts';

/** `client.authorize`: may this client use this topic? Without a policy the answer is no, and the hook is not registered. */
export const clientAuthorize = defineHook({
  name: 'client.authorize',
  needs({ clientinfo }, { policy, answers }) {
    if (policy.authorize === undefined || GRANTS in answers) return undefined;
    return grantsQuestion(policy.authorize, clientinfo);
  },
  decide({ clientinfo, type, topic, meta }, { policy, answers }) {
    if (policy.authorize === undefined) return { reply: deny('no authorization is configured') };
    const action = type === Action.PUBLISH ? 'publish' : 'subscribe';
    const granted = answers[GRANTS] as Granted | undefined;
    const decision = decideAction(policy.authorize, clientinfo, action, topic, granted, meta.version);
    return { reply: replyOf(decision), decision };
  },
});
