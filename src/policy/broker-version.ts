/** The release of a broker, as the metadata of a call tells it. */

/** Major, minor and patch. */
export type BrokerVersion = readonly [number, number, number];

/** `5.8.3`, `e5.10.0`, `6.1.1-rc.2`. A build between releases (`6.1.0-g1a2b3c4d`) may hold more than it says. */
const RELEASE = /^[ev]?(\d{1,4})\.(\d{1,4})\.(\d{1,4})(?:-(?:alpha|beta|rc|patch|build)[.\d]*)?$/;

/** `undefined` when it is not known. */
export function parseBrokerVersion(text: string): BrokerVersion | undefined {
  const found = RELEASE.exec(text);
  return found === null ? undefined : [Number(found[1]), Number(found[2]), Number(found[3])];
}

/** Is the release this one or a later one? */
export function isSince([major, minor, patch]: BrokerVersion, since: BrokerVersion): boolean {
  if (major !== since[0]) return major > since[0];
  if (minor !== since[1]) return minor > since[1];
  return patch >= since[2];
}
