/**
 * Checks routes, sinks and the spool against each other: unknown names, and guarantees that cannot be kept.
 */

import { formatName } from '../lib/format-path.ts';
import { oneOf } from '../lib/schema/builders.ts';
import { isMessageHook, isRegistrable } from '../protocol/schema/hook-name.ts';
import { findNearest } from './nearest.ts';
import { isDecided, type RouteSection } from './sections/routes.ts';
import { kindOf, type Sinks } from './sections/sinks.ts';
import { findTargetProblems, findTargetWarnings, type Targeted } from './target-check.ts';

export interface Routed extends Targeted {
  readonly spool?: object | undefined;
  readonly hooks?: { readonly register?: readonly { readonly hook: string }[] | undefined } | undefined;
}

interface RouteProblem {
  readonly path: (string | number)[];
  readonly message: string;
}

/** Returns all problems, each at the key to change. */
export function findRouteProblems(config: Routed): RouteProblem[] {
  const { events, sinks } = config;
  return [
    ...events.routes.flatMap((route, i) =>
      checkRoute(route, config).map(({ path, message }) => ({
        path: ['events', 'routes', i, ...path],
        message,
      })),
    ),
    ...Object.entries(sinks).flatMap(([name, { deadLetter }]) =>
      typeof deadLetter === 'string' ? checkDeadLetter(name, deadLetter, sinks) : [],
    ),
    ...findTargetProblems(config),
  ];
}

function checkRoute({ to, delivery, overflow, onFailure }: RouteSection, { sinks, spool }: Routed) {
  const problems: RouteProblem[] = to
    .filter((name) => !Object.hasOwn(sinks, name))
    .map((name) => ({ path: ['to'], message: explainUnknown(name, sinks) }));
  if (spool === undefined && overflow === 'spool')
    problems.push({
      path: ['overflow'],
      message: 'needs a section spool; write one, such as spool: { path: ./spool }',
    });
  if (spool === undefined && onFailure === 'spool')
    problems.push({
      path: ['onFailure'],
      message: 'needs a section spool; write one, such as spool: { path: ./spool }',
    });
  const kinds = to.flatMap((name) => (sinks[name] === undefined ? [] : [kindOf(sinks[name]).kind]));
  const pipe = kinds.find(({ isPipe }) => isPipe);
  if (delivery === 'before-reply' && pipe !== undefined)
    problems.push({
      path: ['delivery'],
      message: `cannot be before-reply for ${pipe.name}, which does not confirm events; use another sink`,
    });
  return problems;
}

function checkDeadLetter(name: string, deadLetter: string, sinks: Sinks): RouteProblem[] {
  const path = ['sinks', name, 'deadLetter'];
  if (!Object.hasOwn(sinks, deadLetter)) return [{ path, message: explainUnknown(deadLetter, sinks) }];
  // Events that two sinks reject would circulate for ever.
  const seen = new Set<string>();
  for (let next: string | undefined = deadLetter; next !== undefined; ) {
    if (next === name)
      return [{ path, message: 'leads back to this sink; name a sink whose dead letters go elsewhere' }];
    if (seen.has(next)) return [];
    seen.add(next);
    const further: unknown = sinks[next]?.deadLetter;
    next = typeof further === 'string' ? further : undefined;
  }
  return [];
}

function explainUnknown(name: string, sinks: Sinks): string {
  const names = Object.keys(sinks);
  if (names.length === 0) return 'is not a sink: none are configured; write the section sinks';
  const nearest = findNearest(name, names);
  return `is not a sink; ${nearest === undefined ? `there are ${oneOf(names.map(formatName))}` : `did you mean ${nearest}?`}`;
}

/** Finds settings without effect: unused sinks, and routes hidden by others. */
export function findRouteWarnings(config: Routed): RouteProblem[] {
  const { events, sinks, hooks } = config;
  const { routes } = events;
  const listed = hooks?.register?.map(({ hook }): string => hook);
  const used = new Set([
    ...routes.flatMap(({ to }) => to),
    ...Object.values(sinks).map(({ deadLetter }) => (typeof deadLetter === 'string' ? deadLetter : '')),
  ]);
  return [
    ...Object.keys(sinks)
      .filter((name) => !used.has(name))
      .map((name) => ({ path: ['sinks', name], message: 'is not used by any route (events.routes)' })),
    ...routes.flatMap((route, i) =>
      isHidden(route, routes.slice(0, i))
        ? [
            {
              path: ['events', 'routes', i],
              message: 'has no effect: earlier routes take all of its events to the same sinks',
            },
          ]
        : [],
    ),
    ...routes.flatMap((route, i) =>
      listed === undefined || route.hooks.every((hook) => !isRegistrable(hook) || listed.includes(hook))
        ? []
        : [
            {
              path: ['events', 'routes', i, 'hooks'],
              message: 'lists hooks that hooks.register does not: brokers will not call them',
            },
          ],
    ),
    ...routes.flatMap(({ hooks }, i) =>
      hooks.filter(isDecided).map((name) => ({
        path: ['events', 'routes', i, 'hooks'],
        message: `lists ${name}, which yields events only when a custom hook reports them`,
      })),
    ),
    ...findTargetWarnings(config),
  ];
}

function isHidden({ hooks, to }: RouteSection, before: readonly RouteSection[]): boolean {
  return hooks.every((hook) =>
    to.every((sink) =>
      before.some(
        (route) =>
          route.hooks.includes(hook) &&
          route.to.includes(sink) &&
          route.when === undefined &&
          (route.topics === undefined || !isMessageHook(hook)),
      ),
    ),
  );
}
