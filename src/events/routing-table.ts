/** Compiles the routes: for each hook those that may take its events. */
import type { RouteSection } from '../config/sections/routes.ts';
import type { CompileCondition, Condition } from '../policy/condition.ts';
import { type EventInput, eventVariables } from '../policy/condition-variables.ts';
import { matches } from '../policy/topics/topic-filter.ts';
import { type HookName, hookNames, isMessageHook } from '../protocol/schema/hook-name.ts';
import type { HookInput } from '../protocol/schema/requests.ts';
import { messageOf } from '../sinks/cloudevents/event-fields.ts';
import type { OnFailure } from './await-delivery.ts';
import type { Overflow } from './memory-budget.ts';
import { compileShape, plainShape, type Shape } from './shape.ts';
import type { SinkPipeline } from './sink-pipeline.ts';

export interface CompiledRoute {
  readonly shape: Shape;
  readonly pipelines: readonly SinkPipeline[];
  /** Nothing: every topic. */
  readonly topics: readonly string[] | undefined;
  readonly condition: Condition<EventInput> | undefined;
  /** What the answer waits for. */
  readonly waitsFor: 'nothing' | 'sink' | 'spool';
  readonly overflow: Overflow;
  readonly onFailure: OnFailure;
}

export interface HookRoutes {
  readonly routes: readonly CompiledRoute[];
  /** Whether two of them lead to the same sink: then only the first counts. */
  readonly hasOverlap: boolean;
}

export type RoutingTable = Readonly<Partial<Record<HookName, HookRoutes>>>;

export interface RoutingWorld {
  readonly pipelines: readonly SinkPipeline[];
  /** Needed when a route has a condition. */
  readonly compile?: CompileCondition | undefined;
}

/** @throws TypeError with a line for each condition that cannot be used. */
export function createRoutingTable(routes: readonly RouteSection[], world: RoutingWorld): RoutingTable {
  const compiled = routes.map((route, i) => ({ hooks: route.hooks, route: compileRoute(route, i, world) }));
  const problems = compiled.flatMap(({ route }) => (typeof route === 'string' ? [route] : []));
  if (problems.length > 0) throw new TypeError(problems.join('\n'));
  const entries = hookNames.map((hook) => {
    const own = compiled.flatMap(({ hooks, route }) =>
      typeof route === 'string' || !hooks.includes(hook) ? [] : [withoutTopics(route, hook)],
    );
    return [hook, combineRoutes([...routesToAll(world), ...own])] as const;
  });
  return Object.fromEntries(entries.filter(([, { routes }]) => routes.length > 0));
}

/** The hooks whose answers may wait for a sink or for the disk. */
export function waitingHooks(table: RoutingTable): ReadonlySet<HookName> {
  return new Set(
    hookNames.filter((hook) => table[hook]?.routes.some(({ waitsFor }) => waitsFor !== 'nothing')),
  );
}

/** The route to standard output and to the sinks of an application that uses the library. */
function routesToAll({ pipelines }: RoutingWorld): CompiledRoute[] {
  const all = pipelines.filter(({ opened }) => opened.takesAll);
  if (all.length === 0) return [];
  return [{ ...withoutWaiting, shape: plainShape, pipelines: all, topics: undefined, condition: undefined }];
}

const withoutWaiting = { waitsFor: 'nothing', overflow: 'drop-oldest', onFailure: 'pass' } as const;

function combineRoutes(routes: readonly CompiledRoute[]): HookRoutes {
  const pipelines = routes.flatMap((route) => route.pipelines);
  return { routes, hasOverlap: new Set(pipelines).size < pipelines.length };
}

function withoutTopics(route: CompiledRoute, hook: HookName): CompiledRoute {
  return isMessageHook(hook) ? route : { ...route, topics: undefined };
}

/** The route, or a line that says what is wrong with it. */
function compileRoute(
  route: RouteSection,
  i: number,
  { pipelines, compile }: RoutingWorld,
): CompiledRoute | string {
  const condition = route.when === undefined ? undefined : compile?.(route.when, eventVariables);
  if (route.when !== undefined && condition === undefined)
    return `events.routes[${i}].when: conditions cannot be used here`;
  if (condition !== undefined && 'problem' in condition)
    return `events.routes[${i}].when: ${condition.problem}`;
  const named = new Set(route.to);
  return {
    shape: compileShape(route.shape),
    pipelines: pipelines.filter(({ sink, opened }) => named.has(sink.name) && !opened.takesAll),
    topics: route.topics,
    condition,
    ...deliveryOf(route),
  };
}

function deliveryOf({
  delivery,
  overflow = 'drop-oldest',
  onFailure = 'error',
}: RouteSection): Pick<CompiledRoute, 'waitsFor' | 'overflow' | 'onFailure'> {
  if (delivery === 'before-reply') return { waitsFor: 'sink', overflow: 'refuse', onFailure };
  if (overflow === 'spool') return { waitsFor: 'spool', overflow: 'refuse', onFailure };
  return { waitsFor: 'nothing', overflow, onFailure };
}

/** Whether the message of a call, if it has one, is on a topic of the route. */
export function isOnTopic({ topics }: CompiledRoute, input: HookInput): boolean {
  if (topics === undefined) return true;
  const topic = messageOf(input)?.topic ?? '';
  return topics.some((filter) => matches(filter, topic));
}
