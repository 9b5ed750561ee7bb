const seconds: Readonly<Record<string, bigint>> = {
  day: 86_400n,
  hour: 3_600n,
  minute: 60n,
  second: 1n,
};

/**
 * Parses the uptime text of EMQX 4.x: "1 days, 2 hours, 13 minutes, 10 seconds".
 *
 * @returns seconds, or -1 if the text has another form.
 */
export function parseUptime(words: string): bigint {
  let total = -1n;
  for (const [, amount, unit] of words.matchAll(/\b(\d{1,12}) ?(day|hour|minute|second)s?\b/g)) {
    total = (total < 0n ? 0n : total) + BigInt(amount ?? 0) * (seconds[unit ?? ''] ?? 0n);
  }
  return total;
}
