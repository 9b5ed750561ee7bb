/** Durations of EMQX: `5s`, `1m30s`, `500ms`, or a number of milliseconds. */
const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Parses a duration into milliseconds; returns undefined for anything else. */
export function readEmqxDuration(value: string | number | boolean | undefined): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return undefined;
  if (/^\d+$/.test(value)) return Number(value);
  if (!/^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/i.test(value)) return undefined;
  let sum = 0;
  for (const [, amount, unit] of value.toLowerCase().matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g))
    sum += Number(amount) * (units[unit ?? ''] ?? 0);
  return sum;
}
