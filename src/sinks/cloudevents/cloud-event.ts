/** Encodes an event as one line of CloudEvents 1.0 in the structured JSON format. */
import type { StampedEvent } from '../../protocol/schema/event.ts';
import { writeData } from './encode-data.ts';
import { JsonText } from './json-text.ts';

/** Returns the text of an event, without a line break. Never throws. */
export function toCloudEvent(event: StampedEvent): string {
  const json = new JsonText();
  writeCloudEvent(json, event);
  return json.takeString();
}

/** Returns the text of an event as bytes. Never throws. */
export function encodeCloudEvent(event: StampedEvent): Buffer {
  const json = new JsonText();
  writeCloudEvent(json, event);
  return json.take();
}

/** Writes the text of an event. Never throws. */
export function writeCloudEvent(json: JsonText, event: StampedEvent): void {
  json.raw('{"specversion":"1.0","id":');
  json.string(attributeOf(event.id));
  json.raw(',"source":');
  json.string(event.source);
  json.raw(',"type":');
  json.string(attributeOf(event.type));
  if (event.subject) {
    json.raw(',"subject":');
    json.string(attributeOf(event.subject));
  }
  json.raw(`,"time":"${formatTime(event.time)}"`);
  // The extension for distributed tracing: only text written here, of hexadecimal digits and hyphens.
  if (event.traceparent !== undefined) json.raw(`,"traceparent":"${event.traceparent}"`);
  json.raw(',"datacontenttype":"application/json","data":');
  writeSafely(json, event.data);
  json.raw('}');
}

/** Encodes data as JSON. Never throws. */
export function encodeSafely(data: unknown): Buffer {
  const json = new JsonText();
  writeSafely(json, data);
  return json.take();
}

/** The data of a custom hook may contain anything, even a getter that throws. */
function writeSafely(json: JsonText, data: unknown): void {
  const start = json.size;
  try {
    writeData(json, data);
  } catch {
    json.cut(start);
    json.raw('{"error":"the data of this event cannot be written as JSON"}');
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
/** Most attributes; quicker to see than that nothing is forbidden. */
const printable = /^[ -~]*$/;
const everyForbidden = new RegExp(forbidden, 'gu');

/** Client ids may contain what attributes may not: it is percent-encoded here and unchanged in the data. */
function attributeOf(text: string): string {
  return !printable.test(text) && forbidden.test(text) ? text.replace(everyForbidden, percentEncode) : text;
}

function percentEncode(character: string): string {
  // An unpaired surrogate has no UTF-8 form.
  return /\p{Cs}/u.test(character) ? '%EF%BF%BD' : encodeURIComponent(character);
}
