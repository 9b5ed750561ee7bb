/**
 * The library: hooks of one's own, the words they answer with, and a server in a program.
 *
 * @packageDocumentation
 */
export type { Config, ConfigInput } from './config/schema.ts';
export { Failure, type FailureCode, failureCodes } from './failure.ts';
export {
  type Answers,
  type AnyHook,
  defineHook,
  type Hook,
  type HookContext,
  type OnError,
  type Outcome,
  type Question,
} from './hook.ts';
export { eventOf, messageEventOf } from './hooks/event-of.ts';
export type { Policy } from './policy/policy.ts';
export { Decision } from './schema/decision.ts';
export { Event, type StampedEvent } from './schema/event.ts';
export { type HookName, hookNames } from './schema/hook-name.ts';
export {
  allow,
  deny,
  drop,
  type HookSpec,
  ignore,
  loaded,
  observed,
  pass,
  type Reply,
  type ReplyOf,
  replies,
  rewrite,
} from './schema/replies.ts';
export { Action, type HookInput, requests } from './schema/requests.ts';
export {
  BrokerInfo,
  ClientInfo,
  ConnInfo,
  Credentials,
  Message,
  Property,
  RequestMeta,
  SubOpts,
  TopicFilter,
} from './schema/vocabulary.ts';
export { type ServeOptions, type Serving, serve } from './serve.ts';
export type { Lookup, LookupContext } from './shell.ts';
export { defineSink, type SinkModuleOptions } from './sinks/define-sink.ts';
export type { Delivery, DeliveryFormat } from './sinks/delivery.ts';
export type { OpenSink, Receipt, Sink, SinkWorld } from './sinks/sink.ts';
export { type CallOptions, callHook, type HookCall } from './testing.ts';
