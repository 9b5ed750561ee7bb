/** Finds routes that get no events because of a custom hook, before anything is opened. */
import type { RouteSection } from '../config/sections/routes.ts';
import type { AnyHook, Hook } from '../core/hook.ts';
import { type HookName, isRegistrable } from '../protocol/schema/hook-name.ts';

/** A line for each route that can never get an event, with the hook that prevents it and what to do. */
export function findStarvedRoutes(routes: readonly RouteSection[], custom: readonly AnyHook[]): string[] {
  const silent = new Set(custom.filter(reportsNothing).map(({ name }): HookName => name));
  const listed = listedHooks(custom);
  const blame = (hook: HookName): string | undefined => {
    if (silent.has(hook))
      return `the custom hook ${hook} returns events: [] for every call; leave events out, and the built-in event stays`;
    return listed !== undefined && isRegistrable(hook) && !listed.has(hook)
      ? `the custom hook provider.loaded does not list ${hook}; list it, so that brokers call it`
      : undefined;
  };
  return routes.flatMap(({ hooks }, i) => {
    const reasons = hooks.map(blame);
    return reasons.includes(undefined)
      ? []
      : [`events.routes[${i}]: can never get an event: ${[...new Set(reasons)].join('; ')}`];
  });
}

function reportsNothing(hook: AnyHook): boolean {
  const { events } = constantOutcome(hook) ?? {};
  return Array.isArray(events) && events.length === 0;
}

/** The hooks that a custom `provider.loaded` always lists; nothing if that is not known. */
function listedHooks(custom: readonly AnyHook[]): ReadonlySet<string> | undefined {
  const loaded = custom.find(({ name }) => name === 'provider.loaded');
  const { hooks } = (loaded && (constantOutcome(loaded)?.reply as { hooks?: unknown } | undefined)) ?? {};
  return Array.isArray(hooks) ? new Set(hooks.map((hook) => String(hook?.name))) : undefined;
}

/**
 * The outcome of a hook that is one literal, such as `() => ({ reply: observed(), events: [] })`. The outcome of other hooks
 * is unknown: their code may do anything, and must not run before there is a call.
 */
function constantOutcome(hook: AnyHook): { readonly reply?: unknown; readonly events?: unknown } | undefined {
  const { decide, needs } = hook as Hook;
  if (decide.length > 0 || needs !== undefined) return undefined;
  if (!isLiteral(Function.prototype.toString.call(decide))) return undefined;
  try {
    return (decide as unknown as () => object | null).call(hook) ?? undefined;
  } catch {
    return undefined;
  }
}

/** The functions that a literal may call: those that make replies. */
const constructors = new Set(['observed', 'allow', 'deny', 'ignore', 'pass', 'rewrite', 'drop', 'loaded']);

/** Whether a function without parameters only returns an object whose source has no code that could run. */
function isLiteral(source: string): boolean {
  const [, arrow, method] =
    /^(?:\(\s*\)\s*=>\s*\(\s*(\{[\s\S]*\})\s*\)|(?:function\b\s*)?\w*\s*\(\s*\)\s*\{\s*return\s*(\{[\s\S]*\})\s*;?\s*\})$/.exec(
      source,
    ) ?? [];
  const body = arrow ?? method;
  if (body === undefined || /[;=`]|\b(?:new|await|yield|function|import|throw|this|get|set)\b/.test(body))
    return false;
  // Bundlers write a call of an import as `(0, module.pass)()`.
  const calls = body.replace(/\(0,\s*([\w$.]+)\)\s*\(/g, '$1(').matchAll(/([\w$.\])]+)\s*\(/g);
  return [...calls].every(([, name = '']) => constructors.has(name.split('.').at(-1) ?? ''));
}
