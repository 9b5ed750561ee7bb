/** Errors, and places in files. */
import type { PolicyProblem } from './policy.ts';

/** The body of every answer with a status of 400 or above. */
export interface ApiError {
  readonly code: ApiErrorCode;
  /** For people: what is wrong, and what to do. Never a secret. */
  readonly message: string;
  readonly where?: Place | undefined;
}

export type ApiErrorCode =
  /** 400: a query, a filter or a body that cannot be read. */
  | 'bad_request'
  /** 401 */
  | 'unauthorized'
  /** 403: the Host header does not name this server. */
  | 'wrong_host'
  /** 403: the Origin header is not this page. */
  | 'wrong_origin'
  /** 403: only with `exhook dev`, or with `--write`. */
  | 'not_here'
  /** 404: no such path, or the call has left the ring. */
  | 'not_found'
  /** 405 */
  | 'wrong_method'
  /** 409: the file has changed on disk since it was read. */
  | 'changed'
  /** 413 */
  | 'too_large'
  /** 422: the candidate policy has problems; {@link ApiErrorWithProblems}. */
  | 'invalid_policy'
  /** 429: another comparison runs, or five pages look already. */
  | 'busy'
  /** 500: the log has the reason. */
  | 'internal'
  /** 503: it took more than its ten seconds. */
  | 'timeout';

export interface ApiErrorWithProblems extends ApiError {
  readonly code: 'invalid_policy';
  readonly problems: readonly PolicyProblem[];
}

/** A place in a file, or in the text of the request. Lines and columns count from 1. */
export interface Place {
  /** Absent: the text that the request holds. */
  readonly file?: string | undefined;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
  /** A path of the configuration, such as `authorize.rules[3]`. */
  readonly path?: string | undefined;
}
