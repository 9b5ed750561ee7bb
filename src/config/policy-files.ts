/** The files that policies name, found from where the configuration is. */

import type { Config } from './schema.ts';
import type { MethodSection } from './sections/authenticate-methods.ts';
import type { Secret } from './sections/secret.ts';

type Resolve = (path: string) => string;

/** The configuration with every path of its policies resolved. */
export function resolvePolicyFiles(config: Config, resolve: Resolve): Config {
  const { authenticate, authorize } = config;
  return {
    ...config,
    ...(authenticate && {
      authenticate: {
        ...authenticate,
        methods: authenticate.methods.map((method) => resolveMethod(method, resolve)),
      },
    }),
    ...(authorize && {
      authorize: {
        ...authorize,
        sources: authorize.sources.map((source) => resolveKeys(source, ['mosquitto', 'emqx'], resolve)),
      },
    }),
  };
}

function resolveMethod(method: MethodSection, resolve: Resolve): MethodSection {
  const { users, jwt, http } = method;
  const secretOf = <S extends Secret | undefined>(secret: S): S =>
    (typeof secret === 'object' ? resolveKeys(secret as { file?: string }, ['file'], resolve) : secret) as S;
  if (users !== undefined) return { ...method, users: resolveKeys(users, ['file'], resolve) };
  if (http !== undefined) {
    const headers =
      http.headers &&
      Object.fromEntries(Object.entries(http.headers).map(([name, value]) => [name, secretOf(value)]));
    return {
      ...method,
      http: { ...resolveKeys(http, ['ca', 'cert', 'key'], resolve), ...(headers && { headers }) },
    };
  }
  if (jwt === undefined) return method;
  const jwks = typeof jwt.jwks === 'object' ? resolveKeys(jwt.jwks, ['ca'], resolve) : jwt.jwks;
  return {
    ...method,
    jwt: { ...jwt, secret: secretOf(jwt.secret), publicKey: secretOf(jwt.publicKey), jwks },
  };
}

/** A copy with some texts resolved, those that are there. */
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
