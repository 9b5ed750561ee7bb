/** The variables that conditions may name, for each kind of rule: docs/conditions.md lists them. */
import type { Event } from '../protocol/schema/event.ts';
import type { Variables } from './condition.ts';
import type { Subject } from './subject.ts';
import type { Action } from './topics/rule.ts';

/** Input for the condition of an authorization rule. */
export interface ActionInput {
  readonly subject: Subject;
  readonly action: Action;
  readonly topic: string;
}

/** The client; a field is `''` if the client has no value or the broker does not send it. */
const clientVariables: Variables<{ readonly subject: Subject }> = {
  clientid: ({ subject }) => subject.clientid,
  username: ({ subject }) => subject.username,
  peerhost: ({ subject }) => subject.peerhost,
  cn: ({ subject }) => subject.cn,
  dn: ({ subject }) => subject.dn ?? '',
  protocol: ({ subject }) => subject.protocol ?? '',
  mountpoint: ({ subject }) => subject.mountpoint ?? '',
  node: ({ subject }) => subject.node ?? '',
  /** By name; a tag without a value is "true". */
  tags: ({ subject }) => subject.tags ?? {},
};

/** Of `authorize.rules`. */
export const actionVariables: Variables<ActionInput> = {
  ...clientVariables,
  action: ({ action }) => action,
  topic: ({ topic }) => topic,
};

/** Input for the condition of an event route. */
export interface EventInput {
  /** `message.publish`. */
  readonly hook: string;
  readonly event: Event;
}

/** Of `events.routes`. Fields that an event does not have are null. */
export const eventVariables: Variables<EventInput> = {
  hook: ({ hook }) => hook,
  type: ({ event }) => event.type,
  subject: ({ event }) => event.subject,
  data: ({ event }) => event.data,
  message: ({ event }) => (event.data as { message?: unknown }).message ?? null,
  clientinfo: ({ event }) => (event.data as { clientinfo?: unknown }).clientinfo ?? null,
  conninfo: ({ event }) => (event.data as { conninfo?: unknown }).conninfo ?? null,
};
