/** `WRONGPASS`, `READONLY`, `ECONNREFUSED`: the word in front of an answer of Redis, or the code or kind of an error. */
export function redisCode(error: unknown): string {
  const { code, name, message } = error as NodeJS.ErrnoException;
  const [word] = /^[A-Z]{2,}(?= )/.exec(message) ?? [];
  return code ?? word ?? name;
}
