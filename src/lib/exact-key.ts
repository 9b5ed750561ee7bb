/**
 * A text by which plain data is told from other data. As `JSON.stringify`, which refuses bigints: integers beyond
 * 2^53, which the configuration may have where it has values of payloads.
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
