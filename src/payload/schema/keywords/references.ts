/** Keywords that refer to another schema. */
import type { Part, Site } from '../site.ts';

export const $ref = (reference: string, site: Site): Part => ({
  kind: 'any',
  check: site.follow('$ref', reference),
});

export const $dynamicRef = (reference: string, site: Site): Part => ({
  kind: 'any',
  check: site.followDynamic('$dynamicRef', reference),
});

export const $recursiveRef = (reference: string, site: Site): Part => ({
  kind: 'any',
  check: site.followDynamic('$recursiveRef', reference),
});
