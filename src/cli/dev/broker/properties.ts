/** Properties of MQTT 5 packets, in the names and forms in which EMQX passes them on. */
import type { Property } from '../../../protocol/schema/vocabulary.ts';
import type { Release } from '../exhook/release.ts';

export interface PassedProperties {
  readonly props: readonly Property[];
  /** From EMQX 5.9 on; before, they are one entry of `props`. */
  readonly userProps: readonly Property[];
}

/** A value that EMQX cannot encode into a request: bytes that are not UTF-8. */
export class UnencodableError extends Error {
  override readonly name = 'UnencodableError';
}

/** EMQX's names where they are not those of mqtt-packet with hyphens. */
const names: Readonly<Record<string, string>> = {
  maximumQoS: 'Maximum-QoS',
  subscriptionIdentifiersAvailable: 'Subscription-Identifier-Available',
};

/** Belongs to one connection, and is resolved before a message goes on. */
const CONNECTION_ONLY = 'topicAlias';

/**
 * @param properties as mqtt-packet reads them.
 * @throws UnencodableError when a value is not UTF-8.
 */
export function passProperties(
  properties: object | undefined,
  { protocol }: Pick<Release, 'protocol'>,
): PassedProperties {
  const { userProperties = {}, ...others } = (properties ?? {}) as { userProperties?: UserProperties };
  const props = Object.entries(others).flatMap(([name, value]) =>
    value === undefined || name === CONNECTION_ONLY ? [] : [{ name: emqxName(name), value: textOf(value) }],
  );
  const userProps = Object.entries(userProperties).flatMap(([name, value]) =>
    [value].flat().map((one) => ({ name, value: one })),
  );
  if (protocol === 'v3') return { props, userProps };
  if (userProps.length === 0) return { props, userProps: [] };
  return { props: [{ name: 'User-Property', value: printErlangPairs(userProps) }, ...props], userProps: [] };
}

type UserProperties = Readonly<Record<string, string | string[]>>;

/** sessionExpiryInterval -> Session-Expiry-Interval */
function emqxName(name: string): string {
  const hyphenated = name.replaceAll(/[A-Z]/g, (letter) => `-${letter}`);
  return names[name] ?? hyphenated.charAt(0).toUpperCase() + hyphenated.slice(1);
}

function textOf(value: unknown): string {
  if (typeof value === 'boolean') return value ? '1' : '0';
  return value instanceof Uint8Array ? decodeText(value) : String(value);
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @throws UnencodableError when the bytes are not UTF-8. */
export function decodeText(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new UnencodableError('not UTF-8');
  }
}

/** As Erlang prints a list of pairs of binaries. */
function printErlangPairs(pairs: readonly Property[]): string {
  return `[${pairs.map(({ name, value }) => `{${printBinary(name)},${printBinary(value)}}`).join(',')}]`;
}

const printable = /^[\x20-\x7e]*$/;

function printBinary(text: string): string {
  if (!printable.test(text)) return `<<${[...Buffer.from(text)].join(',')}>>`;
  return `<<"${text.replaceAll(/["\\]/g, (character) => `\\${character}`)}">>`;
}
