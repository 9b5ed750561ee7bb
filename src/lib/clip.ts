/** Clips values that clients choose where they are written: an MQTT client id may have 65,535 bytes. */

/** Most characters of a client's value in a log line, metric, span or page. */
export const MAX_VALUE = 256;

/** Returns the beginning of a text, and its full length: `aaa… (65535 characters)`. */
export function clip(text: string, max = MAX_VALUE): string {
  if (text.length <= max) return text;
  const end = isHighSurrogate(text.charCodeAt(max - 1)) ? max - 1 : max;
  return `${text.slice(0, end)}… (${text.length} characters)`;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}
