/**
 * Returns a text that identifies plain data. Like `JSON.stringify`, but accepts bigints: integers beyond
 * 2^53, which the configuration may have in values of payloads.
 */
export function exactKey(
  value: unknown,
  replace: (key: string, value: unknown) => unknown = (_, part) => part,
): string {
  const text = JSON.stringify(value, (key, part) => {
    const kept = replace(key, part);
    return typeof kept === 'bigint' ? `${kept}n` : kept;
  });
  return text ?? '';
}
