/**
 * The configuration: one strict section a file, every key described, defaults beside their reasons.
 *
 * A new section is a file in sections/ and a line here; its environment variables, flags, JSON Schema and
 * reference follow from the schema.
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
    log: Log.prefault({}).describe('What the server says about itself.'),
    hooks: Hooks.prefault({}).describe('Which hooks brokers call, and who answers them.'),
    events: Events.prefault({}).describe('Where events go.'),
    sinks: Sinks,
    spool: Spool.optional().describe(
      'A queue on disk for what sinks have not confirmed. When absent, such events are in memory only. docs/spool.md explains it.',
    ),
    authenticate: Authenticate.optional().describe(
      'Who may log in. When absent, the broker decides alone. docs/policies.md teaches it.',
    ),
    authorize: Authorize.optional().describe(
      'Who may publish and subscribe to what. When absent, the broker decides alone. docs/policies.md teaches it.',
    ),
    publish: Publish.optional().describe(
      'What becomes of published messages. When absent, they go on unchanged. docs/messages.md teaches it.',
    ),
    decisions: Decisions.prefault({}).describe('What is logged about the verdicts of these policies.'),
    broker: Broker.optional().describe(
      "The broker's REST API, where this server looks whether the broker holds its list of hooks. When absent, only calls tell. docs/broker-setup.md explains it.",
    ),
    admin: Admin.optional().describe(
      'Pages for operators: metrics, probes, and what the server does, on a port of their own or on that of listen. When absent, nothing is counted and there are no pages. docs/metrics.md lists the metrics.',
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

/** What one process knows of its calls, no other one can tell. */
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

/** As written: in a file, every key optional. */
export type ConfigInput = z.input<typeof Config>;

/** As used: complete, durations in milliseconds, sizes in bytes. */
export type Config = z.output<typeof Config>;
