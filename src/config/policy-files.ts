/** Resolves the paths in policies relative to the configuration file. */

import { resolveFiles } from '../lib/schema/files.ts';
import type { Secret } from '../lib/schema/secret.ts';
import { MethodSection } from '../lookup/sections/authenticate-methods.ts';
import type { PayloadCodecSpec } from '../policy/messages/rule.ts';
import type { OneOrMore } from '../policy/topics/rule.ts';
import type { Config } from './schema.ts';

type Grants = NonNullable<Config['authorize']>['grants'];
type Resolve = (path: string) => string;

/** Returns the configuration with every path of its policies resolved. */
export function resolvePolicyFiles(config: Config, resolve: Resolve): Config {
  const { authenticate, authorize, publish } = config;
  return {
    ...config,
    ...(authenticate && {
      authenticate: {
        ...authenticate,
        methods: authenticate.methods.map((method) => resolveFiles(MethodSection, method, resolve)),
      },
    }),
    ...(authorize && {
      authorize: {
        ...authorize,
        sources: authorize.sources.map((source) => resolveKeys(source, ['mosquitto', 'emqx'], resolve)),
        grants: resolveGrants(authorize.grants, resolve),
      },
    }),
    ...(publish && {
      publish: { ...publish, rules: publish.rules.map((rule) => resolveRule(rule, resolve)) },
    }),
  };
}

type PublishRule = NonNullable<Config['publish']>['rules'][number];

/** Resolves codecs and JSON Schemas of a message rule. */
function resolveRule(rule: PublishRule, resolve: Resolve): PublishRule {
  const { decode, encode, require: must } = rule;
  const chain = (specs: OneOrMore<PayloadCodecSpec>): OneOrMore<PayloadCodecSpec> =>
    isList(specs) ? specs.map((spec) => resolveCodec(spec, resolve)) : resolveCodec(specs, resolve);
  return {
    ...rule,
    ...(decode && { decode: chain(decode) }),
    ...(encode && { encode: chain(encode) }),
    ...(must && { require: resolveKeys(must, ['schema'], resolve) }),
  };
}

function isList<T>(specs: OneOrMore<T>): specs is readonly T[] {
  return Array.isArray(specs);
}

function resolveCodec(spec: PayloadCodecSpec, resolve: Resolve): PayloadCodecSpec {
  if (typeof spec === 'string' || 'json' in spec) return spec;
  if ('protobuf' in spec) return { protobuf: resolveKeys(spec.protobuf, ['descriptors'], resolve) };
  return { avro: resolveKeys(spec.avro, ['schema'], resolve) };
}

function resolveGrants({ redis, ...grants }: Grants, resolve: Resolve): Grants {
  if (redis === undefined) return grants;
  const password = redis.password && { password: resolveSecret(redis.password, resolve) };
  return { ...grants, redis: { ...resolveKeys(redis, ['ca', 'cert', 'key'], resolve), ...password } };
}

function resolveSecret<S extends Secret | undefined>(secret: S, resolve: Resolve): S {
  return (
    typeof secret === 'object' ? resolveKeys(secret as { file?: string }, ['file'], resolve) : secret
  ) as S;
}

/** Returns a copy with the texts of these keys resolved, where present. */
function resolveKeys<Value extends object>(
  value: Value,
  keys: readonly (keyof Value)[],
  resolve: Resolve,
): Value {
  const resolved = keys.flatMap((key) => {
    const path = value[key];
    return typeof path === 'string' ? [[key, resolve(path)]] : [];
  });
  return { ...value, ...Object.fromEntries(resolved) };
}
