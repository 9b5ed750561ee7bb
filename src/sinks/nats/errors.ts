/** Explains errors of NATS and its client library, and what to do about them. */

/** Error codes of the JetStream API. */
const MESSAGE_TOO_LARGE = 10054;
const STREAM_NOT_FOUND = 10059;
const STREAM_NOT_EXPECTED = 10060;

/** An error and its causes. */
function causesOf(error: unknown): (Error & { readonly code?: unknown })[] {
  return error instanceof Error ? [error, ...causesOf(error.cause)] : [];
}

function hasCause(error: unknown, test: (cause: Error & { readonly code?: unknown }) => boolean): boolean {
  return causesOf(error).some(test);
}

/** Returns why an event will never be taken, or undefined. */
export function refusalOf(error: unknown): string | undefined {
  if (hasCause(error, ({ message }) => message.includes('max_payload')))
    return 'it is larger than max_payload of the server';
  if (hasCause(error, ({ code }) => code === MESSAGE_TOO_LARGE))
    return 'it is larger than max_msg_size of the stream';
  return undefined;
}

/** Whether the subject is the cause: the user may not publish to it, or no stream takes it. */
export function isAboutSubject(error: unknown): boolean {
  return hasCause(
    error,
    ({ name, code }) =>
      name === 'PermissionViolationError' || name === 'InvalidSubjectError' || code === STREAM_NOT_EXPECTED,
  );
}

/** The subject has no subscribers. */
export function isUnanswered(error: unknown): boolean {
  return hasCause(error, ({ name }) => name === 'NoResponders' || name === 'JetStreamNotEnabled');
}

export function isTimeout(error: unknown): boolean {
  return hasCause(error, ({ name }) => name === 'TimeoutError');
}

const advice: Readonly<Record<string, string>> = {
  AuthorizationError: 'it does not know this user: see user, password, token, nkey and credentials',
  UserAuthenticationExpiredError: 'the credentials have expired: see credentials',
  PermissionViolationError:
    'the user may not send to this subject, or not use JetStream: see its permissions',
  NoResponders: 'no stream takes the subject, or JetStream is not enabled: see stream and subject',
  JetStreamNotEnabled: 'no stream takes the subject, or JetStream is not enabled: see stream and subject',
  StreamNotFoundError: 'there is no such stream: create it, or write create: true (stream)',
  ClosedConnectionError: 'the connection was lost',
  TimeoutError: 'it did not answer in time',
};

/** Without the library's text for unknown errors, which may contain a subject. */
export function explain(error: unknown, place: string): Error {
  return new Error(`${place}: ${reasonOf(error)}`, { cause: error });
}

function reasonOf(error: unknown): string {
  for (const { name, code } of causesOf(error)) {
    if (code === STREAM_NOT_FOUND) return advice.StreamNotFoundError ?? name;
    if (code === STREAM_NOT_EXPECTED) return 'another stream takes the subject: see stream and subject';
    const known = advice[name];
    if (known !== undefined) return known;
  }
  for (const { code, name } of causesOf(error)) {
    if (typeof code === 'string') return code;
    if (name === 'JetStreamApiError') return `JetStream returned the error ${code}`;
  }
  // A refused connection has no code here.
  const [first] = causesOf(error);
  return first?.name === 'ConnectionError' ? first.message : (first?.name ?? 'unknown error');
}
