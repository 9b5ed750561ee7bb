/** The release of a broker, as stated in the metadata of a call. */

/** Major, minor and patch. */
export type BrokerVersion = readonly [number, number, number];

/** `5.8.3`, `e5.10.0`, `6.1.1-rc.2`. A build between releases (`6.1.0-g1a2b3c4d`) may contain later changes. */
const RELEASE = /^[ev]?(\d{1,4})\.(\d{1,4})\.(\d{1,4})(?:-(?:alpha|beta|rc|patch|build)[.\d]*)?$/;

let lastText = '';
let lastVersion: BrokerVersion | undefined;

/** Parses a release; `undefined` when unknown. Results are cached: one call may ask once per filter. */
export function parseBrokerVersion(text: string): BrokerVersion | undefined {
  if (text !== lastText) {
    const found = RELEASE.exec(text);
    lastVersion = found === null ? undefined : [Number(found[1]), Number(found[2]), Number(found[3])];
    lastText = text;
  }
  return lastVersion;
}

/** Reports whether the release is this one or later. */
export function isSince([major, minor, patch]: BrokerVersion, since: BrokerVersion): boolean {
  if (major !== since[0]) return major > since[0];
  if (minor !== since[1]) return minor > since[1];
  return patch >= since[2];
}
