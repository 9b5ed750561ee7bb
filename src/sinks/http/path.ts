/** Joins the URL of the sink and the target of a delivery. */

/**
 * Returns path and query of a request; undefined if the target would leave the path of the URL: many servers and
 * proxies read `..`, in any encoding, as one step up.
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
