/** Which trace a call belongs to. */
import {
  type Context,
  context,
  propagation,
  ROOT_CONTEXT,
  type TextMapGetter,
  trace,
} from '@opentelemetry/api';
import type { CallHeaders } from '../../transport/call-flow.ts';

const getter: TextMapGetter<CallHeaders> = {
  get: (headers, name) => (headers instanceof Headers ? (headers.get(name) ?? undefined) : headers[name]),
  keys: (headers) => (headers instanceof Headers ? [...headers.keys()] : Object.keys(headers)),
};

/**
 * The trace that the caller says. On Connect's way, that of the user's own instrumentation of `node:http`, if it has
 * made a span of the request: it has read the same headers.
 *
 * @throws what the SDK throws.
 */
export function parentOf(headers: CallHeaders): Context {
  if (headers instanceof Headers) {
    const active = context.active();
    if (trace.getSpan(active) !== undefined) return active;
  }
  return propagation.extract(ROOT_CONTEXT, headers, getter);
}
