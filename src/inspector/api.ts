/**
 * The inspector's HTTP API: the shape of every request and answer. Types only, so that the page in the browser imports
 * it too.
 *
 * Every request carries `Authorization: Bearer TOKEN`. Bodies and answers are JSON, except recordings (JSON lines) and
 * the stream (server-sent events). Times are milliseconds since 1970, with fractions; durations are milliseconds.
 * Names and topics come from clients: show them as text, with control characters escaped. Fields may be added.
 */
import type { Brokers, Clients, ClientsQuery } from './api/brokers.ts';
import type { CallDetail, Calls, CallsQuery } from './api/calls.ts';
import type { RecordingRow, Recordings, Replayed, ReplayRequest, Saved, SaveRequest } from './api/dev.ts';
import type { Info } from './api/info.ts';
import type {
  Checked,
  CheckRequest,
  Compared,
  CompareRequest,
  ConfigInForce,
  ExplainRequest,
} from './api/policy.ts';
import type { Series } from './api/series.ts';
import type { EventDetail, Sinks } from './api/sinks.ts';
import type { StreamQuery } from './api/stream.ts';
import type { Why } from './api/why.ts';

export type * from './api/brokers.ts';
export type * from './api/calls.ts';
export type * from './api/dev.ts';
export type * from './api/error.ts';
export type * from './api/info.ts';
export type * from './api/policy.ts';
export type * from './api/series.ts';
export type * from './api/sinks.ts';
export type * from './api/stream.ts';
export type * from './api/why.ts';

/** Method and path of each endpoint, with its request and answer. `Query` values are texts in the URL. */
export interface Endpoints {
  'GET /api/info': { readonly answer: Info };
  'GET /api/calls': { readonly query: CallsQuery; readonly answer: Calls };
  'GET /api/calls/:seq': { readonly answer: CallDetail };
  'GET /api/calls/:seq/why': { readonly answer: Why };
  'GET /api/events/:id': { readonly answer: EventDetail };
  'GET /api/sinks': { readonly answer: Sinks };
  'GET /api/series': { readonly query: { readonly since?: string }; readonly answer: Series };
  'GET /api/brokers': { readonly answer: Brokers };
  'GET /api/clients': { readonly query: ClientsQuery; readonly answer: Clients };
  'GET /api/config': { readonly answer: ConfigInForce };
  /** JSON Schema of the sections that a candidate policy may hold. */
  'GET /api/schema': { readonly answer: object };
  /** Server-sent events; see {@link StreamMessages}. */
  'GET /api/stream': { readonly query: StreamQuery };
  'POST /api/check': { readonly body: CheckRequest; readonly answer: Checked };
  'POST /api/compare': { readonly body: CompareRequest; readonly answer: Compared };
  'POST /api/explain': { readonly body: ExplainRequest; readonly answer: Why };
  /** The rest exists only where `Info.capabilities.dev` is set. */
  'POST /api/replay': { readonly body: ReplayRequest; readonly answer: Replayed };
  'GET /api/recordings': { readonly answer: Recordings };
  /** Starts a recording, or takes one: a body of type `application/x-ndjson`, at most 64 MiB, `?name=`. */
  'POST /api/recordings': { readonly body: { readonly name?: string }; readonly answer: RecordingRow };
  'POST /api/recordings/:id/stop': { readonly answer: RecordingRow };
  /** JSON lines, as `exhook serve --record` writes them. */
  'GET /api/recordings/:id': { readonly answer: string };
  'DELETE /api/recordings/:id': { readonly answer: Recordings };
  /** Where `Info.capabilities.write` is set. */
  'POST /api/save': { readonly body: SaveRequest; readonly answer: Saved };
}
