/** The `format`s of JSON Schema and OpenAPI, safe for text from clients. */
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
import type { AnyNumber } from './number.ts';
import { isTime } from './time.ts';
import { Undecided } from './undecided.ts';

export interface FormatTest {
  readonly kind: 'string' | 'number';
  readonly test: (value: never) => boolean;
}

/**
 * @param isAsserted whether the meta-schema requires that formats are checked
 * @returns `ignored` if formats are not checked
 */
export type FindFormat = (name: string, isAsserted: boolean) => FormatTest | 'ignored' | 'unknown';

/** Longest text that is checked: some expressions take quadratic time. */
const MAX_LENGTH = 2048;
/** RFC 5321, section 4.5.3.1: 64 for the mailbox, 255 for the domain. */
const MAX_EMAIL = 320;
const MAX_HOSTNAME = 255;

type TextTest = (text: string) => boolean;

/** Formats with a maximum length, in characters. */
const bounded: Readonly<Record<string, TextTest>> = {
  date: upTo('2026-01-02'.length, isDate),
  email: upTo(MAX_EMAIL, isMailbox),
  'idn-email': upTo(MAX_EMAIL, isIdnMailbox),
  hostname: upTo(MAX_HOSTNAME, (text) => isHostname(text) && isIdnHostname(text)),
  'idn-hostname': upTo(MAX_HOSTNAME, isIdnHostname),
  ipv4: upTo('255.255.255.255'.length, isIPv4),
  ipv6: upTo('ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255'.length, isIPv6),
  uuid: upTo('01234567-89ab-cdef-0123-456789abcdef'.length, isUuid),
};

const unbounded: Readonly<Record<string, TextTest>> = {
  time: isTime,
  'date-time': isDateTime,
  duration: isDuration,
  uri: withFuture(isUri),
  'uri-reference': withFuture(isUriReference),
  iri: withFuture(isIri),
  'iri-reference': withFuture(isIriReference),
  'uri-template': isUriTemplate,
  'json-pointer': isJsonPointer,
  'relative-json-pointer': isRelativeJsonPointer,
  regex: isRegex,
};

/** Formats of OpenAPI; they take linear time or none. */
const ofOpenApi: readonly (readonly [string, FormatTest])[] = [
  ['byte', text((value) => Buffer.from(value, 'base64').toString('base64') === value)],
  ['password', text(() => true)],
  ['binary', text(() => true)],
  ['int32', number((value) => isWithin(value, -(2n ** 31n), 2n ** 31n))],
  ['int64', number((value) => isWithin(value, -(2n ** 63n), 2n ** 63n))],
  ['float', number(() => true)],
  ['double', number(() => true)],
];

export const formats: ReadonlyMap<string, FormatTest> = new Map([
  ...Object.entries(bounded).map(([name, test]) => [name, text(test)] as const),
  ...Object.entries(unbounded).map(([name, test]) => [name, text(whereShort(test))] as const),
  ...ofOpenApi,
]);

function text(test: TextTest): FormatTest {
  return { kind: 'string', test };
}

function number(test: (value: AnyNumber) => boolean): FormatTest {
  return { kind: 'number', test };
}

/** Reports whether it is an integer from `least` up to, but not including, `end`. */
function isWithin(value: AnyNumber, least: bigint, end: bigint): boolean {
  return (typeof value === 'bigint' || Number.isInteger(value)) && value >= least && value < end;
}

/** @throws Undecided for longer text: `not` would invert a false result. */
function whereShort(test: TextTest): TextTest {
  return (value) => {
    if (value.length > MAX_LENGTH) throw new Undecided('a text is too long for its "format"');
    return test(value);
  };
}

function upTo(most: number, test: TextTest): TextTest {
  return (value) => value.length <= most && test(value);
}

/** The library throws for address literals other than IPv6. */
function isMailbox(value: string): boolean {
  return isTrue(() => isEmail(value));
}

/** The domain is checked here: the library writes its problems to standard output. */
function isIdnMailbox(value: string): boolean {
  const at = value.lastIndexOf('@');
  const domain = value.slice(at + 1);
  if (domain.startsWith('[')) return isTrue(() => isIdnEmail(value));
  return at !== -1 && isIdnEmail(`${value.slice(0, at)}@a`) && isIdnHostname(domain);
}

/** A trailing dot in any script makes a DNS name, not a host name. */
function isIdnHostname(value: string): boolean {
  return !/[.\uFF0E\u3002\uFF61]$/.test(value) && isTrue(() => idn.isIdnHostname(value));
}

/** RFC 3986, section 3.2.2: an address of a future IP version. The library throws for it. */
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
