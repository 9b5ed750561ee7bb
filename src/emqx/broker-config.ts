/** The configuration that a broker needs for this server: its entry in `exhook.servers`, and the settings around it. */
import { guardFor, NEVER } from './guard.ts';
import { decidesAtIngress, type OwnFacts } from './own-facts.ts';

/** An entry of `exhook.servers`, in the shape that the REST API and the configuration file share. */
export interface ServerEntry {
  readonly name: string;
  readonly enable: boolean;
  readonly url: string;
  readonly request_timeout: string;
  readonly failed_action: 'deny' | 'ignore';
  readonly auto_reconnect: string;
  readonly pool_size: number;
  readonly ssl?: Readonly<Record<string, boolean | string>>;
}

export interface EntryOptions {
  readonly name: string;
  /** The host of this server as brokers reach it. Unset: a placeholder. */
  readonly url?: string | undefined;
}

/** The placeholder host in examples. */
export const PLACEHOLDER = 'exhook.example';

export function serverEntry(own: OwnFacts, { name, url = defaultUrl(own) }: EntryOptions): ServerEntry {
  return {
    name,
    enable: true,
    url,
    request_timeout: '5s',
    // If no answer of this server decides, its failure is not a reason to refuse anybody.
    failed_action: own.decidesLogins || own.decidesTopics || decidesAtIngress(own) ? 'deny' : 'ignore',
    auto_reconnect: '60s',
    pool_size: 8,
    ...(url.startsWith('https:') && { ssl: tlsOf(own, url) }),
  };
}

function defaultUrl({ isTls, port }: OwnFacts): string {
  return `${isTls ? 'https' : 'http'}://${PLACEHOLDER}:${port === 0 ? 9000 : port}`;
}

function tlsOf({ wantsCertificate }: OwnFacts, url: string): Record<string, boolean | string> {
  return {
    enable: true,
    verify: 'verify_peer',
    cacertfile: '/etc/emqx/certs/exhook-ca.pem',
    ...(wantsCertificate && {
      certfile: '/etc/emqx/certs/broker.pem',
      keyfile: '/etc/emqx/certs/broker.key',
    }),
    server_name_indication: new URL(url).hostname,
  };
}

/**
 * Returns the section for `emqx.conf`.
 * @param conditional whether the broker is EMQX 5.9 or later; undefined if that is unknown.
 */
export function toHocon(entry: ServerEntry, own: OwnFacts, conditional?: boolean): string {
  const lines = [
    '# In emqx.conf, or etc/base.hocon of later releases.',
    'exhook {',
    '  servers = [',
    ...block(entry, 4),
    '  ]',
    '}',
  ];
  if (own.decidesTopics)
    lines.push(
      '',
      '# This server decides about topics. No other source may decide before it or after it.',
      'authorization {',
      '  no_match = deny',
      '  sources = []',
      '}',
    );
  if (own.decidesLogins)
    lines.push(
      '',
      '# This server decides about logins. An empty database admits nobody while this server is not loaded.',
      'authentication = [',
      '  {',
      '    mechanism = password_based',
      '    backend = built_in_database',
      '    user_id_type = username',
      ...preconditionLines(conditional),
      '  }',
      ']',
    );
  return lines.join('\n');
}

/** Without this precondition the database refuses clients that send no password before it asks this server. */
function preconditionLines(conditional: boolean | undefined): string[] {
  const line = `    precondition = "${NEVER}"`;
  if (conditional === true) return [line];
  const refuses = 'refuses clients without a password before this server is asked';
  if (conditional === false) return [`    # Before EMQX 5.9 it ${refuses}.`];
  return [
    `    # EMQX 5.9 and later. Remove the line for older releases: there the database ${refuses}.`,
    line,
  ];
}

type Values = Readonly<Record<string, string | number | boolean | object | undefined>>;

function block(values: object, indent: number): string[] {
  const space = ' '.repeat(indent);
  const inner = Object.entries(values as Values).flatMap(([key, value]) =>
    typeof value === 'object'
      ? [`${space}  ${key} ${block(value, indent + 2)[0]?.trimStart()}`, ...block(value, indent + 2).slice(1)]
      : [`${space}  ${key} = ${toHoconValue(value)}`],
  );
  return [`${space}{`, ...inner, `${space}}`];
}

function toHoconValue(value: string | number | boolean | undefined): string {
  if (typeof value !== 'string') return String(value);
  return /^[a-z][a-z_]*$|^\d+[a-z]+$/.test(value) ? value : JSON.stringify(value);
}

/**
 * Returns curl commands for the same settings. They read key and secret from the environment, which keeps both out of
 * the shell history.
 */
export function toCurl(entry: ServerEntry, own: OwnFacts, api: string, conditional?: boolean): string {
  const call = (method: string, path: string, body?: object) =>
    `curl -u "$EMQX_API_KEY:$EMQX_API_SECRET" -X ${method} ${api}/api/v5${path}${
      body === undefined ? '' : ` \\\n  -H 'content-type: application/json' -d ${quote(JSON.stringify(body))}`
    }`;
  const calls = ['# The same with the REST API.', call('POST', '/exhooks', entry)];
  if (own.decidesTopics)
    calls.push(
      '# Removes the source that allows everything, and denies what no source decides.',
      call('DELETE', '/authorization/sources/file'),
      call('PUT', '/authorization/settings', {
        no_match: 'deny',
        deny_action: 'ignore',
        cache: { enable: true, max_size: 32, ttl: '1m' },
      }),
    );
  if (own.decidesLogins)
    calls.push(
      conditional === undefined
        ? '# A guard that admits nobody while this server is not loaded. Before EMQX 5.9, leave out "precondition".'
        : '# A guard that admits nobody while this server is not loaded.',
      call('POST', '/authentication', {
        ...guardFor(conditional !== false),
        password_hash_algorithm: { name: 'sha256', salt_position: 'suffix' },
      }),
    );
  return calls.join('\n');
}

/** Quotes a text for a shell. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
