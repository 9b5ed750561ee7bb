/** Classifies bodies by their media type. */
import { mediaTypeName } from '../lib/media-type.ts';

/** Whether a body of this media type is JSON, CloudEvents included. [RFC 6839, section 3.1] */
export function isJson(contentType: string): boolean {
  const name = mediaTypeName(contentType);
  return name === 'application/json' || name.endsWith('+json');
}
