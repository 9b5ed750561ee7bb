/** The `format`s of JSON Schema and OpenAPI, for text that a client chose. */
import {
  isDate,
  isDateTime,
  isDuration,
  isEmail,
  isHostname,
  isIdnEmail,
  isIPv4,
  isIPv6,
  isIri,
  isIriReference,
  isJsonPointer,
  isRegex,
  isRelativeJsonPointer,
  isUri,
  isUriReference,
  isUriTemplate,
  isUuid,
} from '@hyperjump/json-schema-formats';
import idn from 'idn-hostname';
import { isTime } from './time.ts';

export interface FormatTest {
  readonly kind: 'string' | 'number';
  readonly test: (value: never) => boolean;
}

/**
 * @param isAsserted does the meta-schema of a schema ask that formats are checked?
 * @returns `ignored` where formats are not to be checked
 */
export type FindFormat = (name: string, isAsserted: boolean) => FormatTest | 'ignored' | 'unknown';

/** Longer text is of no format: some of the expressions take time by the square of the length. */
const MAX_LENGTH = 2048;
/** RFC 5321, section 4.5.3.1: 64 for the mailbox, 255 for the domain. */
const MAX_EMAIL = 320;
const MAX_HOSTNAME = 255;

type TextTest = (text: string) => boolean;

const texts: Readonly<Record<string, TextTest>> = {
  date: isDate,
  time: isTime,
  'date-time': isDateTime,
  duration: isDuration,
  email: upTo(MAX_EMAIL, isMailbox),
  'idn-email': upTo(MAX_EMAIL, isIdnMailbox),
  hostname: upTo(MAX_HOSTNAME, (text) => isHostname(text) && isIdnHostname(text)),
  'idn-hostname': upTo(MAX_HOSTNAME, isIdnHostname),
  ipv4: isIPv4,
  ipv6: isIPv6,
  uri: withFuture(isUri),
  'uri-reference': withFuture(isUriReference),
  iri: withFuture(isIri),
  'iri-reference': withFuture(isIriReference),
  'uri-template': isUriTemplate,
  uuid: isUuid,
  'json-pointer': isJsonPointer,
  'relative-json-pointer': isRelativeJsonPointer,
  regex: isRegex,
};

/** Of OpenAPI; they take time by the length alone, or none. */
const ofOpenApi: readonly (readonly [string, FormatTest])[] = [
  ['byte', text((value) => Buffer.from(value, 'base64').toString('base64') === value)],
  ['password', text(() => true)],
  ['binary', text(() => true)],
  ['int32', number((value) => Number.isInteger(value) && Math.abs(value + 0.5) < 2 ** 31)],
  ['int64', number(Number.isInteger)],
  ['float', number(() => true)],
  ['double', number(() => true)],
];

export const formats: ReadonlyMap<string, FormatTest> = new Map([
  ...Object.entries(texts).map(([name, test]) => [name, text(upTo(MAX_LENGTH, test))] as const),
  ...ofOpenApi,
]);

function text(test: TextTest): FormatTest {
  return { kind: 'string', test };
}

function number(test: (value: number) => boolean): FormatTest {
  return { kind: 'number', test };
}

function upTo(most: number, test: TextTest): TextTest {
  return (value) => value.length <= most && test(value);
}

/** The library throws at an address literal of another kind than IPv6. */
function isMailbox(value: string): boolean {
  return isTrue(() => isEmail(value));
}

/** The domain is asked for here: the library writes what is wrong with it to standard output. */
function isIdnMailbox(value: string): boolean {
  const at = value.lastIndexOf('@');
  const domain = value.slice(at + 1);
  if (domain.startsWith('[')) return isTrue(() => isIdnEmail(value));
  return at !== -1 && isIdnEmail(`${value.slice(0, at)}@a`) && isIdnHostname(domain);
}

/** Dots at the end, of any script, make a name of DNS and not a host. */
function isIdnHostname(value: string): boolean {
  return !/[.\uFF0E\u3002\uFF61]$/.test(value) && isTrue(() => idn.isIdnHostname(value));
}

/** RFC 3986, section 3.2.2: an address of a version of IP that is to come. The library throws at it. */
const FUTURE_ADDRESS = /\[[vV][0-9A-Fa-f]+\.[A-Za-z0-9\-._~!$&'()*+,;=:]+\]/;

function withFuture(test: TextTest): TextTest {
  return (value) => isTrue(() => test(value.replace(FUTURE_ADDRESS, '[::]')));
}

function isTrue(test: () => boolean): boolean {
  try {
    return test();
  } catch {
    return false;
  }
}
