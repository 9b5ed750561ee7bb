/** The built-in hook of every callback. A callback without one does not compile. */
import type { HookTable } from '../hook.ts';
import { clientAuthenticate } from './client-authenticate.ts';
import { clientAuthorize } from './client-authorize.ts';
import { clientConnack } from './client-connack.ts';
import { clientConnect } from './client-connect.ts';
import { clientConnected } from './client-connected.ts';
import { clientDisconnected } from './client-disconnected.ts';
import { clientSubscribe } from './client-subscribe.ts';
import { clientUnsubscribe } from './client-unsubscribe.ts';
import { messageAcked } from './message-acked.ts';
import { messageDelivered } from './message-delivered.ts';
import { messageDropped } from './message-dropped.ts';
import { messageIngress } from './message-ingress.ts';
import { messagePublish } from './message-publish.ts';
import { providerLoaded } from './provider-loaded.ts';
import { providerUnloaded } from './provider-unloaded.ts';
import { sessionCreated } from './session-created.ts';
import { sessionDiscarded } from './session-discarded.ts';
import { sessionResumed } from './session-resumed.ts';
import { sessionSubscribed } from './session-subscribed.ts';
import { sessionTakenover } from './session-takenover.ts';
import { sessionTerminated } from './session-terminated.ts';
import { sessionUnsubscribed } from './session-unsubscribed.ts';

export const hooks: HookTable = {
  'provider.loaded': providerLoaded,
  'provider.unloaded': providerUnloaded,
  'client.connect': clientConnect,
  'client.connack': clientConnack,
  'client.connected': clientConnected,
  'client.disconnected': clientDisconnected,
  'client.authenticate': clientAuthenticate,
  'client.authorize': clientAuthorize,
  'client.subscribe': clientSubscribe,
  'client.unsubscribe': clientUnsubscribe,
  'session.created': sessionCreated,
  'session.subscribed': sessionSubscribed,
  'session.unsubscribed': sessionUnsubscribed,
  'session.resumed': sessionResumed,
  'session.discarded': sessionDiscarded,
  'session.takenover': sessionTakenover,
  'session.terminated': sessionTerminated,
  'message.ingress': messageIngress,
  'message.publish': messagePublish,
  'message.delivered': messageDelivered,
  'message.dropped': messageDropped,
  'message.acked': messageAcked,
};
