/**
 * The configuration: one strict section per file, every key described, defaults beside their reasons.
 *
 * To add a section, add a file in sections/ and a line here; its environment variables, flags, JSON Schema
 * and reference follow from the schema.
 */
import type * as z from 'zod';
import { section } from '../lib/schema/builders.ts';
import { Authenticate } from '../lookup/sections/authenticate.ts';
import { Authorize } from '../lookup/sections/authorize.ts';
import { Publish } from '../lookup/sections/publish.ts';
import { findRouteProblems } from './route-check.ts';
import { Admin } from './sections/admin.ts';
import { Broker } from './sections/broker.ts';
import { Connections } from './sections/connections.ts';
import { Decisions } from './sections/decisions.ts';
import { Drain } from './sections/drain.ts';
import { Events } from './sections/events.ts';
import { Hooks } from './sections/hooks.ts';
import { Inspector } from './sections/inspector.ts';
import { Limits } from './sections/limits.ts';
import { Listen } from './sections/listen.ts';
import { Log } from './sections/log.ts';
import { Sinks } from './sections/sinks.ts';
import { Spool } from './sections/spool.ts';
import { watchdog } from './sections/watchdog.ts';
import { workers } from './sections/workers.ts';

export const Config = section(
  () => ({
    listen: Listen.prefault({}).describe('Where the server listens.'),
    limits: Limits.prefault({}).describe('What one call may cost.'),
    drain: Drain.prefault({}).describe('How the server stops.'),
    connections: Connections.prefault({}).describe('How long connections live.'),
    workers,
    watchdog,
    log: Log.prefault({}).describe('What the server logs, and how.'),
    hooks: Hooks.prefault({}).describe('Which hooks brokers call, and who answers them.'),
    events: Events.prefault({}).describe('Where events go.'),
    sinks: Sinks,
    spool: Spool.optional().describe(
      'A queue on disk for events that sinks have not confirmed. When absent, such events are in memory only. docs/spool.md explains it.',
    ),
    authenticate: Authenticate.optional().describe(
      'Who may log in. When absent, the broker decides alone. See docs/policies.md.',
    ),
    authorize: Authorize.optional().describe(
      'Who may publish and subscribe to what. When absent, the broker decides alone. See docs/policies.md.',
    ),
    publish: Publish.optional().describe(
      'Rules for published messages. When absent, messages pass unchanged. See docs/messages.md.',
    ),
    decisions: Decisions.prefault({}).describe('Which verdicts of these policies are logged.'),
    broker: Broker.optional().describe(
      "The broker's REST API, where this server checks whether the broker has its current hook list. When absent, it can tell only from calls. See docs/broker-setup.md.",
    ),
    admin: Admin.optional().describe(
      'Pages for operators: metrics, probes, and the state of the server, on a separate port or on the port of listen. When absent, there are no metrics and no pages. docs/metrics.md lists the metrics.',
    ),
    inspector: Inspector.optional().describe(
      'A page that shows each call as it happens, and why it ended as it did, on a port of its own. When absent, nothing of it is loaded. docs/inspector.md explains it.',
    ),
  }),
  'a mapping',
).superRefine((config, context) => {
  if (context.issues.length > 0) return;
  for (const { path, message } of [...findRouteProblems(config), ...findWorkerProblems(config)])
    context.addIssue({ code: 'custom', path, message });
});

/** Each process knows only its own calls. */
function findWorkerProblems({
  inspector,
  workers: count,
}: {
  readonly inspector?: object | undefined;
  readonly workers: 'auto' | number;
}) {
  if (inspector === undefined || count === 1) return [];
  const message =
    'works with one process only: each worker would show its own calls, and nobody the whole; write workers: 1, or remove this section';
  return [{ path: ['inspector'], message }];
}

/** As written in a file: every key is optional. */
export type ConfigInput = z.input<typeof Config>;

/** As used: complete, durations in milliseconds, sizes in bytes. */
export type Config = z.output<typeof Config>;
