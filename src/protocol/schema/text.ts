import * as z from 'zod';

/** Longest UTF-8 string of an MQTT packet, in bytes. [MQTT-1.5.4] */
export const MAX_TEXT_BYTES = 65_535;

/** Length of a string in UTF-8 bytes. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 0x7f) bytes += unit > 0x7ff ? 2 : 1;
    // A surrogate pair takes four bytes: two per half, one of which is already counted.
    if (unit >= 0xd800 && unit <= 0xdfff) bytes -= 1;
  }
  return bytes;
}

/** A code unit takes at most three bytes: only long strings need counting. */
function fitsIn(text: string, bytes: number): boolean {
  return text.length <= bytes / 3 || utf8Length(text) <= bytes;
}

/**
 * Longest topic, in bytes of UTF-8: the topic of a packet after the mountpoint of a listener. The broker prepends the
 * mountpoint, which may contain client id and user name.
 */
const MAX_MOUNTED_BYTES = 4 * MAX_TEXT_BYTES;

/** An unpaired surrogate has no UTF-8 form. It cannot come from bytes, only from JSON or from a hook. */
function isWellFormed(text: string): boolean {
  return text.isWellFormed();
}

const wellFormed = {
  error: 'must be valid Unicode, without half of a surrogate pair (MQTT 5.0, section 1.5.4)',
};

/** A string as MQTT packets carry it: at most 65,535 bytes of UTF-8. */
export const MqttText = z
  .string()
  .refine((text) => fitsIn(text, MAX_TEXT_BYTES), {
    error: `must be at most ${MAX_TEXT_BYTES} bytes of UTF-8 (MQTT 5.0, section 1.5.4)`,
  })
  .refine(isWellFormed, wellFormed);

/** A topic or filter in the broker: the one of the packet after the mountpoint of its listener. */
export const MountedTopic = z
  .string()
  .refine((text) => fitsIn(text, MAX_MOUNTED_BYTES), {
    error: `must be at most ${MAX_MOUNTED_BYTES} bytes of UTF-8, mountpoint included`,
  })
  .refine(isWellFormed, wellFormed);
