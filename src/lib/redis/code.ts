/**
 * Returns `WRONGPASS`, `READONLY`, `ECONNREFUSED`: the first word of a Redis error, or the code or kind of
 * another.
 */
export function redisCode(error: unknown): string {
  const { code, name, message } = error as NodeJS.ErrnoException;
  const [word] = /^[A-Z]{2,}(?= )/.exec(message) ?? [];
  return code ?? word ?? name;
}
