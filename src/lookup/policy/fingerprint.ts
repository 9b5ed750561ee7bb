/** Identifies the state of the policies. */
import { createHash } from 'node:crypto';
import { exactKey } from '../../lib/exact-key.ts';
import type { Steps } from '../../lib/steps.ts';
import type { PolicyConfig } from './open-policy.ts';

/** Possible secrets: a short fingerprint of a weak secret could be guessed. */
const hidden = ['secret', 'password', 'headers', 'list'];

/** Digests the configuration of the policies, rule by rule. */
export function* configDigest({ authenticate, authorize, publish }: PolicyConfig): Steps<string> {
  const hash = createHash('sha256');
  const add = (part: unknown): void => {
    const text = exactKey(part, (key, value) => (hidden.includes(key) ? undefined : value));
    hash.update(`${text}\n`);
  };
  add([authenticate, authorize && { ...authorize, rules: [] }, publish && { ...publish, rules: [] }]);
  for (const { rules } of [authorize ?? { rules: [] }, publish ?? { rules: [] }]) {
    for (const rule of rules) {
      add(rule);
      yield;
    }
    add(rules.length);
  }
  return hash.digest('hex');
}

/** @param files identifies the state of the ACL files. */
export function fingerprint(config: string, files: string): string {
  return createHash('sha256').update(`${config} ${files}`).digest('hex').slice(0, 8);
}
