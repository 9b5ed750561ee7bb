/** Encodes an event as one line of CloudEvents 1.0 in the structured JSON format. */
import type { StampedEvent } from '../../protocol/schema/event.ts';
import { encodeData, quote } from './encode-data.ts';

/** Returns the text of an event, without a line break. Never throws. */
export function toCloudEvent(event: StampedEvent): string {
  // The extension for distributed tracing: only text written here, of hexadecimal digits and hyphens.
  const trace = event.traceparent === undefined ? '' : `,"traceparent":"${event.traceparent}"`;
  const subject = event.subject ? `,"subject":${quoteAttribute(event.subject)}` : '';
  return (
    `{"specversion":"1.0","id":${quoteAttribute(event.id)},"source":${quote(event.source)}` +
    `,"type":${quoteAttribute(event.type)}${subject},"time":"${formatTime(event.time)}"${trace}` +
    `,"datacontenttype":"application/json","data":${encodeSafely(event.data)}}`
  );
}

/** The data of a custom hook may contain anything, even a getter that throws. */
export function encodeSafely(data: unknown): string {
  try {
    return encodeData(data);
  } catch {
    return '{"error":"the data of this event cannot be written as JSON"}';
  }
}

let lastTime = Number.NaN;
let lastText = '';

/** RFC 3339 with milliseconds. Cached, because formatting is slow and many events share a millisecond. */
export function formatTime(time: number): string {
  if (time === lastTime) return lastText;
  const date = new Date(time);
  lastText = (Number.isNaN(date.getTime()) ? new Date(0) : date).toISOString();
  lastTime = time;
  return lastText;
}

// CloudEvents 1.0, section 3.1: no control characters, no non-characters, no half of a surrogate pair.
const forbidden = /[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/u;
const everyForbidden = new RegExp(forbidden, 'gu');

/** Client ids may contain what attributes may not: it is percent-encoded here and unchanged in the data. */
function quoteAttribute(text: string): string {
  return quote(forbidden.test(text) ? text.replace(everyForbidden, percentEncode) : text);
}

function percentEncode(character: string): string {
  // An unpaired surrogate has no UTF-8 form.
  return /\p{Cs}/u.test(character) ? '%EF%BF%BD' : encodeURIComponent(character);
}
