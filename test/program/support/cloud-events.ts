/** Checks a line against the CloudEvents 1.0 specification: returns its error, or undefined. */

/** An event as it came out. */
export interface CloudEvent {
  readonly specversion: string;
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject?: string;
  readonly time: string;
  readonly datacontenttype: string;
  readonly data: Record<string, unknown>;
}

const known = new Set([
  'specversion',
  'id',
  'source',
  'type',
  'subject',
  'time',
  'datacontenttype',
  'data',
  'dataschema',
  'data_base64',
]);

/** RFC 3339, section 5.6. */
const timestamp =
  /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
/** RFC 3986, appendix B, of characters that a URI may have (section 2). */
const uri = /^[a-z][a-z0-9+.-]*:(\/\/[\w.~!$&'()*+,;=:@%-]*)?(\/[\w.~!$&'()*+,;=:@%/-]*)?$/i;
/** RFC 2046: type, subtype, parameters. */
const mediaType = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+( *;.*)?$/;
/** CloudEvents, section "Type System", String: controls, non-characters and lone surrogates are not allowed. */
const forbidden = /[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/u;

/** Everything in which a line breaks the specification. */
export function findCloudEventProblems(line: string): string[] {
  let event: Record<string, unknown>;
  try {
    event = JSON.parse(line);
  } catch {
    return ['it is not JSON'];
  }
  if (typeof event !== 'object' || event === null || Array.isArray(event)) return ['it is not an object'];
  const problems: string[] = [];
  const check = (isGood: boolean, problem: string) => {
    if (!isGood) problems.push(problem);
  };
  const isText = (name: string) => typeof event[name] === 'string' && event[name] !== '';
  // REQUIRED attributes.
  check(event.specversion === '1.0', 'specversion MUST be "1.0"');
  for (const name of ['id', 'source', 'type']) check(isText(name), `${name} MUST be a non-empty string`);
  check(uri.test(String(event.source)), 'source MUST be a URI-reference, absolute where possible');
  check(/^[a-z]+(\.[a-z]+)+$/.test(String(event.type)), 'type is a name of ours: words and dots');
  // OPTIONAL attributes: absent or valid; null is the same as absent, and not written here.
  check(!('subject' in event) || isText('subject'), 'subject, if present, MUST be a non-empty string');
  check(!('time' in event) || timestamp.test(String(event.time)), 'time MUST adhere to RFC 3339');
  check(!('datacontenttype' in event) || mediaType.test(String(event.datacontenttype)), 'not a media type');
  check(
    !('data' in event && 'data_base64' in event),
    'data and data_base64 MUST NOT be present in the same event',
  );
  for (const [name, value] of Object.entries(event)) {
    check(known.has(name) || /^[a-z0-9]{1,20}$/.test(name), `${name} is not a name of an attribute`);
    if (name !== 'data') check(!forbidden.test(String(value)), `${name} holds characters that are forbidden`);
  }
  return problems;
}
