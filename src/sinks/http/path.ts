/** The path of a delivery behind the URL of the sink. */

/**
 * Path and query of a request, or nothing when the target would lead out of the URL: many servers and proxies read
 * `..` in any spelling as one step up.
 */
export function pathFor({ pathname, search }: URL, target: string | undefined): string | undefined {
  if (target === undefined) return `${pathname}${search}`;
  const segments = target.replace(/^\//, '').split('/');
  if (segments.some((segment) => segment === '.' || segment === '..')) return undefined;
  const base = pathname.replace(/\/$/, '');
  return `${base}/${segments.map(encodeSegment).join('/')}${search}`;
}

function encodeSegment(segment: string): string {
  return encodeURIComponent(segment.toWellFormed());
}
