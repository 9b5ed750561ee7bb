/** What the media type of a body says about it. */

const json = /^(application\/json|[\w!#$&^.+-]+\/[\w!#$&^.+-]+\+json)\s*(;|$)/i;

/** Whether a body of this media type is JSON, CloudEvents included. [RFC 6839, section 3.1] */
export function isJson(contentType: string): boolean {
  return json.test(contentType);
}
