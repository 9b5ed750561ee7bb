/** Prepares the configuration for display: references to secrets stay, secrets do not. */

import { redactUrls } from '../lib/redact-urls.ts';
import { mapSteps, type Steps } from '../lib/steps.ts';
import type { Config } from './schema.ts';
import { kindOf, type SinkSection } from './sections/sinks.ts';

const HIDDEN = '***';

/** Keys whose text is a secret, anywhere. */
const secretKey =
  /(password|passwd|passphrase|secret|token|credentials?|authorization|cookie|api_?key|nkey|private_?key)$/i;

/** Mappings whose texts may all be secrets: sent to a service with each request. */
const secretMapping = /^(headers|body)$/;

/** Users are many, and private. */
const users = /^list$/;

/** Shows all of it, for /configz. */
export function redactConfig(config: Config): unknown {
  const { events, sinks } = config;
  const routes = events.routes.map((route) =>
    route.to.some((name) => maySecret(sinks[name])) ? hideTarget(route) : route,
  );
  return withoutSecrets({ ...config, events: { ...events, routes } });
}

/** Shows rule by rule, because there may be many. */
export function* redactSteps(config: Config): Steps<unknown> {
  const { authorize, publish } = config;
  const shown = redactConfig({
    ...config,
    ...(authorize && { authorize: { ...authorize, rules: [] } }),
    ...(publish && { publish: { ...publish, rules: [] } }),
  }) as Config;
  const rules = yield* mapSteps(authorize?.rules ?? [], (rule) => withoutSecrets(rule, 'rules'));
  const messageRules = yield* mapSteps(publish?.rules ?? [], (rule) => withoutSecrets(rule, 'rules'));
  return {
    ...shown,
    ...(shown.authorize && { authorize: { ...shown.authorize, rules } }),
    ...(shown.publish && { publish: { ...shown.publish, rules: messageRules } }),
  };
}

type Route = Config['events']['routes'][number];

/** Whether targets of the sink may contain secrets: for HTTP they are the end of a URL. */
function maySecret(sink: SinkSection | undefined): boolean {
  return sink !== undefined && kindOf(sink).kind.target?.maySecret === true;
}

/** Shows placeholders only. */
function hideTarget(route: Route): Route {
  const { target } = route.shape;
  if (target === undefined) return route;
  const shown = target.split(/(\$\{[^}]*\})/).map((part, i) => (i % 2 === 1 || part === '' ? part : HIDDEN));
  return { ...route, shape: { ...route.shape, target: shown.join('') } };
}

export function withoutSecrets(value: unknown, key = ''): unknown {
  if (typeof value === 'string') return secretKey.test(key) ? HIDDEN : redactUrls(value);
  // This becomes JSON, which does not have bigint.
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    if (users.test(key)) return `(${value.length} not shown)`;
    return value.map((item) => withoutSecrets(item, key));
  }
  if (isReference(value)) return value;
  const isSecret = secretMapping.test(key);
  // Under `broker`, key is an API key; elsewhere it is the path of a file.
  const keyOf = (name: string): string => (key === 'broker' && name === 'key' ? 'apiKey' : name);
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      isSecret && typeof inner === 'string' ? hideUnlessTemplate(inner) : withoutSecrets(inner, keyOf(name)),
    ]),
  );
}

/** Operators need to see where a secret comes from. */
function isReference(value: object): boolean {
  const [name, ...others] = Object.keys(value);
  return others.length === 0 && (name === 'env' || name === 'file');
}

function hideUnlessTemplate(text: string): string {
  return /^\$\{[^}]*\}$/.test(text) ? text : HIDDEN;
}
