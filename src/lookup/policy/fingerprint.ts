/** Tells one state of the policies from another. */
import { createHash } from 'node:crypto';
import type { Rule } from '../../policy/rule.ts';
import type { PolicyConfig } from './open-policy.ts';

/** Without what may be a secret: a short fingerprint of a weak one could be guessed. */
export function fingerprint(
  { authenticate, authorize, publish }: PolicyConfig,
  rules: readonly Rule[],
): string {
  const hidden = ['secret', 'password', 'headers', 'list'];
  const text = JSON.stringify({ authenticate, authorize, rules, publish }, (key, value) =>
    hidden.includes(key) ? undefined : value,
  );
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
