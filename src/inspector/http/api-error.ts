/** A request that is refused: a status, a code and a sentence. */
import type { ApiErrorCode, Place, PolicyProblem } from '../api.ts';

const statuses: Readonly<Record<ApiErrorCode, number>> = {
  bad_request: 400,
  unauthorized: 401,
  wrong_host: 403,
  wrong_origin: 403,
  not_here: 403,
  not_found: 404,
  wrong_method: 405,
  changed: 409,
  too_large: 413,
  invalid_policy: 422,
  busy: 429,
  internal: 500,
  timeout: 503,
};

export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly code: ApiErrorCode;
  readonly where: Place | undefined;
  readonly problems: readonly PolicyProblem[] | undefined;

  /** @param message for people; never a secret. */
  constructor(
    code: ApiErrorCode,
    message: string,
    { where, problems }: { readonly where?: Place; readonly problems?: readonly PolicyProblem[] } = {},
  ) {
    super(message);
    this.code = code;
    this.where = where;
    this.problems = problems;
  }

  get status(): number {
    return statuses[this.code];
  }

  toJSON(): object {
    const { code, message, where, problems } = this;
    return { code, message, ...(where && { where }), ...(problems && { problems }) };
  }
}
