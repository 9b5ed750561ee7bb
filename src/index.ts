/**
 * The library: custom hooks, the types of their answers, and a server in your program.
 *
 * @packageDocumentation
 */

export { type ServeOptions, type Serving, serve } from './app/serve.ts';
export { type CallOptions, callHook, type HookCall } from './app/testing.ts';
export type { Config, ConfigInput } from './config/schema.ts';
export {
  type Answers,
  type AnyHook,
  defineHook,
  type Hook,
  type HookContext,
  type OnError,
  type Outcome,
  type Question,
} from './core/hook.ts';
export { eventOf, messageEventOf } from './core/hooks/event-of.ts';
export type { Lookup, LookupContext } from './core/runtime.ts';
export type { Policy } from './policy/policy.ts';
export { Failure, type FailureCode, failureCodes } from './protocol/failure.ts';
export { Decision } from './protocol/schema/decision.ts';
export { Event, type StampedEvent } from './protocol/schema/event.ts';
export { type HookName, hookNames } from './protocol/schema/hook-name.ts';
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
} from './protocol/schema/replies.ts';
export { Action, type HookInput, requests } from './protocol/schema/requests.ts';
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
} from './protocol/schema/vocabulary.ts';
export { defineSink, type SinkModuleOptions } from './sinks/define-sink.ts';
export type { Delivery, DeliveryFormat } from './sinks/delivery.ts';
export type { OpenSink, Receipt, Sink, SinkWorld } from './sinks/sink.ts';
