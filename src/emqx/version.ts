/** Versions of EMQX, such as `5.8.0`, `5.3.2-g1234` or `6.0.0-rc.1`. */
export type Version = readonly [major: number, minor: number, patch: number];

export function readVersion(text: string): Version | undefined {
  const found = /(\d+)\.(\d+)\.(\d+)/.exec(text);
  return found ? [Number(found[1]), Number(found[2]), Number(found[3])] : undefined;
}

export function isBefore(version: Version, other: Version): boolean {
  const place = version.findIndex((number, i) => number !== other[i]);
  return place >= 0 && (version[place] as number) < (other[place] as number);
}

/** @param until excluded. */
export function isBetween(version: Version, from: Version, until: Version): boolean {
  return !isBefore(version, from) && isBefore(version, until);
}

/**
 * Whether brokers of this release make each call twice after an outage, since their list of servers then holds one twice
 * (seen on 5.10.3; fixed in 6.0.3, 6.1.2 and 6.2.0).
 */
export function callsTwice(version: Version): boolean {
  return isBetween(version, [5, 9, 0], [6, 0, 3]) || isBetween(version, [6, 1, 0], [6, 1, 2]);
}
