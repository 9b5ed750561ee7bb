import { describe, expect, it } from 'vitest';
import { keys } from '../../src/config/keys.ts';
import { Config } from '../../src/config/schema.ts';

describe('the defaults', () => {
  it('are these', () => {
    expect(Config.parse({})).toEqual({
      listen: { host: '0.0.0.0', port: 9000, connect: true, http2: 'own', hosts: [] },
      limits: {
        messageBytes: 16 * 1024 * 1024,
        bodyTimeout: 10_000,
        deadlineFraction: 0.8,
        inFlight: 10_000,
        watches: 1_000,
        watchesPerConnection: 16,
        queuedBytes: 256 * 1024 * 1024,
      },
      drain: { delay: 0, timeout: 9000 },
      connections: { maxAge: 'off', jitter: 0.1 },
      workers: 1,
      watchdog: 30_000,
      log: { level: 'info', format: 'auto' },
      hooks: { custom: [] },
      events: { stdout: 'auto', routes: [] },
      sinks: {},
      decisions: { log: 'denied', sample: 1 },
    });
  });

  it('have a description for every key', () => {
    for (const { name, description } of keys) {
      expect(description.length, name).toBeGreaterThan(60);
      expect(description, name).toMatch(/default|when absent/i);
    }
  });
});

describe('every key', () => {
  it('has an environment variable and a flag that are derived from its name', () => {
    expect(keys.map(({ name, variables, flags }) => [name, variables.at(-1), flags.at(-1)])).toEqual([
      ['listen.host', 'EXHOOK_LISTEN_HOST', 'listen-host'],
      ['listen.port', 'EXHOOK_LISTEN_PORT', 'listen-port'],
      ['listen.connect', 'EXHOOK_LISTEN_CONNECT', 'listen-connect'],
      ['listen.hosts', 'EXHOOK_LISTEN_HOSTS', 'listen-hosts'],
      ['listen.http2', 'EXHOOK_LISTEN_HTTP2', 'listen-http2'],
      ['listen.tls.cert', 'EXHOOK_LISTEN_TLS_CERT', 'listen-tls-cert'],
      ['listen.tls.key', 'EXHOOK_LISTEN_TLS_KEY', 'listen-tls-key'],
      ['listen.tls.clientCa', 'EXHOOK_LISTEN_TLS_CLIENT_CA', 'listen-tls-client-ca'],
      ['listen.tls.clientNames', 'EXHOOK_LISTEN_TLS_CLIENT_NAMES', 'listen-tls-client-names'],
      ['limits.messageBytes', 'EXHOOK_LIMITS_MESSAGE_BYTES', 'limits-message-bytes'],
      ['limits.bodyTimeout', 'EXHOOK_LIMITS_BODY_TIMEOUT', 'limits-body-timeout'],
      ['limits.deadlineFraction', 'EXHOOK_LIMITS_DEADLINE_FRACTION', 'limits-deadline-fraction'],
      ['limits.inFlight', 'EXHOOK_LIMITS_IN_FLIGHT', 'limits-in-flight'],
      ['limits.watches', 'EXHOOK_LIMITS_WATCHES', 'limits-watches'],
      [
        'limits.watchesPerConnection',
        'EXHOOK_LIMITS_WATCHES_PER_CONNECTION',
        'limits-watches-per-connection',
      ],
      ['limits.queuedBytes', 'EXHOOK_LIMITS_QUEUED_BYTES', 'limits-queued-bytes'],
      ['drain.delay', 'EXHOOK_DRAIN_DELAY', 'drain-delay'],
      ['drain.timeout', 'EXHOOK_DRAIN_TIMEOUT', 'drain-timeout'],
      ['connections.maxAge', 'EXHOOK_CONNECTIONS_MAX_AGE', 'connections-max-age'],
      ['connections.jitter', 'EXHOOK_CONNECTIONS_JITTER', 'connections-jitter'],
      ['workers', 'EXHOOK_WORKERS', 'workers'],
      ['watchdog', 'EXHOOK_WATCHDOG', 'watchdog'],
      ['log.level', 'EXHOOK_LOG_LEVEL', 'log-level'],
      ['log.format', 'EXHOOK_LOG_FORMAT', 'log-format'],
      ['log.project', 'EXHOOK_LOG_PROJECT', 'log-project'],
      ['hooks.register', 'EXHOOK_HOOKS_REGISTER', 'hooks-register'],
      ['hooks.custom', 'EXHOOK_HOOKS_CUSTOM', 'hooks-custom'],
      ['events.stdout', 'EXHOOK_EVENTS_STDOUT', 'events-stdout'],
      ['events.routes', undefined, undefined],
      ['sinks', undefined, undefined],
      ['spool.path', 'EXHOOK_SPOOL_PATH', 'spool-path'],
      ['spool.maxBytes', 'EXHOOK_SPOOL_MAX_BYTES', 'spool-max-bytes'],
      ['spool.sync', 'EXHOOK_SPOOL_SYNC', 'spool-sync'],
      ['authenticate.methods', undefined, undefined],
      ['authenticate.otherwise', 'EXHOOK_AUTHENTICATE_OTHERWISE', 'authenticate-otherwise'],
      ['authenticate.onError', 'EXHOOK_AUTHENTICATE_ON_ERROR', 'authenticate-on-error'],
      ['authenticate.mode', 'EXHOOK_AUTHENTICATE_MODE', 'authenticate-mode'],
      ['authenticate.rememberLate', 'EXHOOK_AUTHENTICATE_REMEMBER_LATE', 'authenticate-remember-late'],
      ['authenticate.cache.ttl', 'EXHOOK_AUTHENTICATE_CACHE_TTL', 'authenticate-cache-ttl'],
      [
        'authenticate.cache.negativeTtl',
        'EXHOOK_AUTHENTICATE_CACHE_NEGATIVE_TTL',
        'authenticate-cache-negative-ttl',
      ],
      ['authenticate.cache.jitter', 'EXHOOK_AUTHENTICATE_CACHE_JITTER', 'authenticate-cache-jitter'],
      ['authenticate.cache.max', 'EXHOOK_AUTHENTICATE_CACHE_MAX', 'authenticate-cache-max'],
      [
        'authenticate.limiter.perClientId.burst',
        'EXHOOK_AUTHENTICATE_LIMITER_PER_CLIENT_ID_BURST',
        'authenticate-limiter-per-client-id-burst',
      ],
      [
        'authenticate.limiter.perClientId.refill',
        'EXHOOK_AUTHENTICATE_LIMITER_PER_CLIENT_ID_REFILL',
        'authenticate-limiter-per-client-id-refill',
      ],
      [
        'authenticate.limiter.perUsername.burst',
        'EXHOOK_AUTHENTICATE_LIMITER_PER_USERNAME_BURST',
        'authenticate-limiter-per-username-burst',
      ],
      [
        'authenticate.limiter.perUsername.refill',
        'EXHOOK_AUTHENTICATE_LIMITER_PER_USERNAME_REFILL',
        'authenticate-limiter-per-username-refill',
      ],
      [
        'authenticate.limiter.perAddress.burst',
        'EXHOOK_AUTHENTICATE_LIMITER_PER_ADDRESS_BURST',
        'authenticate-limiter-per-address-burst',
      ],
      [
        'authenticate.limiter.perAddress.refill',
        'EXHOOK_AUTHENTICATE_LIMITER_PER_ADDRESS_REFILL',
        'authenticate-limiter-per-address-refill',
      ],
      ['authenticate.limiter.action', 'EXHOOK_AUTHENTICATE_LIMITER_ACTION', 'authenticate-limiter-action'],
      [
        'authenticate.limiter.maxDelay',
        'EXHOOK_AUTHENTICATE_LIMITER_MAX_DELAY',
        'authenticate-limiter-max-delay',
      ],
      ['authenticate.limiter.max', 'EXHOOK_AUTHENTICATE_LIMITER_MAX', 'authenticate-limiter-max'],
      [
        'authenticate.iKnowThisAllowsEveryone',
        'EXHOOK_AUTHENTICATE_I_KNOW_THIS_ALLOWS_EVERYONE',
        'authenticate-i-know-this-allows-everyone',
      ],
      ['authorize.rules', undefined, undefined],
      ['authorize.sources', undefined, undefined],
      ['authorize.grants.order', 'EXHOOK_AUTHORIZE_GRANTS_ORDER', 'authorize-grants-order'],
      ['authorize.grants.max', 'EXHOOK_AUTHORIZE_GRANTS_MAX', 'authorize-grants-max'],
      ['authorize.grants.redis.url', 'EXHOOK_AUTHORIZE_GRANTS_REDIS_URL', 'authorize-grants-redis-url'],
      [
        'authorize.grants.redis.username',
        'EXHOOK_AUTHORIZE_GRANTS_REDIS_USERNAME',
        'authorize-grants-redis-username',
      ],
      [
        'authorize.grants.redis.password',
        'EXHOOK_AUTHORIZE_GRANTS_REDIS_PASSWORD',
        'authorize-grants-redis-password',
      ],
      ['authorize.grants.redis.ca', 'EXHOOK_AUTHORIZE_GRANTS_REDIS_CA', 'authorize-grants-redis-ca'],
      ['authorize.grants.redis.cert', 'EXHOOK_AUTHORIZE_GRANTS_REDIS_CERT', 'authorize-grants-redis-cert'],
      ['authorize.grants.redis.key', 'EXHOOK_AUTHORIZE_GRANTS_REDIS_KEY', 'authorize-grants-redis-key'],
      [
        'authorize.grants.redis.prefix',
        'EXHOOK_AUTHORIZE_GRANTS_REDIS_PREFIX',
        'authorize-grants-redis-prefix',
      ],
      ['authorize.grants.redis.ttl', 'EXHOOK_AUTHORIZE_GRANTS_REDIS_TTL', 'authorize-grants-redis-ttl'],
      [
        'authorize.grants.redis.freshness',
        'EXHOOK_AUTHORIZE_GRANTS_REDIS_FRESHNESS',
        'authorize-grants-redis-freshness',
      ],
      [
        'authorize.grants.redis.timeout',
        'EXHOOK_AUTHORIZE_GRANTS_REDIS_TIMEOUT',
        'authorize-grants-redis-timeout',
      ],
      ['authorize.otherwise', 'EXHOOK_AUTHORIZE_OTHERWISE', 'authorize-otherwise'],
      ['authorize.onError', 'EXHOOK_AUTHORIZE_ON_ERROR', 'authorize-on-error'],
      ['authorize.mode', 'EXHOOK_AUTHORIZE_MODE', 'authorize-mode'],
      ['authorize.strict', 'EXHOOK_AUTHORIZE_STRICT', 'authorize-strict'],
      [
        'authorize.iKnowThisAllowsEveryone',
        'EXHOOK_AUTHORIZE_I_KNOW_THIS_ALLOWS_EVERYONE',
        'authorize-i-know-this-allows-everyone',
      ],
      ['publish.rules', undefined, undefined],
      ['publish.onError', 'EXHOOK_PUBLISH_ON_ERROR', 'publish-on-error'],
      ['publish.mode', 'EXHOOK_PUBLISH_MODE', 'publish-mode'],
      ['publish.at', 'EXHOOK_PUBLISH_AT', 'publish-at'],
      ['publish.ingressDrop', 'EXHOOK_PUBLISH_INGRESS_DROP', 'publish-ingress-drop'],
      ['publish.ingress', 'EXHOOK_PUBLISH_INGRESS', 'publish-ingress'],
      ['publish.limits.maxBytes', 'EXHOOK_PUBLISH_LIMITS_MAX_BYTES', 'publish-limits-max-bytes'],
      ['publish.limits.maxDepth', 'EXHOOK_PUBLISH_LIMITS_MAX_DEPTH', 'publish-limits-max-depth'],
      ['publish.limits.maxItems', 'EXHOOK_PUBLISH_LIMITS_MAX_ITEMS', 'publish-limits-max-items'],
      ['decisions.log', 'EXHOOK_DECISIONS_LOG', 'decisions-log'],
      ['decisions.sample', 'EXHOOK_DECISIONS_SAMPLE', 'decisions-sample'],
      ['broker.url', 'EXHOOK_BROKER_URL', 'broker-url'],
      ['broker.key', 'EXHOOK_BROKER_KEY', 'broker-key'],
      ['broker.secret', 'EXHOOK_BROKER_SECRET', 'broker-secret'],
      ['broker.name', 'EXHOOK_BROKER_NAME', 'broker-name'],
      ['broker.ca', 'EXHOOK_BROKER_CA', 'broker-ca'],
      ['broker.actions', 'EXHOOK_BROKER_ACTIONS', 'broker-actions'],
      ['admin.port', 'EXHOOK_ADMIN_PORT', 'admin-port'],
      ['admin.host', 'EXHOOK_ADMIN_HOST', 'admin-host'],
      ['admin.hosts', 'EXHOOK_ADMIN_HOSTS', 'admin-hosts'],
      ['admin.token', 'EXHOOK_ADMIN_TOKEN', 'admin-token'],
      ['admin.open', 'EXHOOK_ADMIN_OPEN', 'admin-open'],
      ['inspector.port', 'EXHOOK_INSPECTOR_PORT', 'inspector-port'],
      ['inspector.host', 'EXHOOK_INSPECTOR_HOST', 'inspector-host'],
      ['inspector.token', 'EXHOOK_INSPECTOR_TOKEN', 'inspector-token'],
      ['inspector.payloads', 'EXHOOK_INSPECTOR_PAYLOADS', 'inspector-payloads'],
      ['inspector.calls', 'EXHOOK_INSPECTOR_CALLS', 'inspector-calls'],
      ['inspector.bytes', 'EXHOOK_INSPECTOR_BYTES', 'inspector-bytes'],
    ]);
  });
});
