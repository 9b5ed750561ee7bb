/** Conditions in CEL. */
import { openConditions } from '../../../src/payload/conditions/open.ts';
import { actionVariables } from '../../../src/policy/condition-variables.ts';
import { someone } from '../../policy/someone.ts';
import { mutatedText } from '../mutate.ts';
import { defineTarget, ensure } from '../target.ts';

const samples = [
  'topic.startsWith("a/") && action == "publish"',
  'tags["site"] == clientid ? username.size() > 3 : peerhost in ["10.0.0.1"]',
  '[1, 2, 3].exists(x, x > 2) || {"a": 1}.a == 1',
  'topic.matches("^(a|b)+$") && size(clientid) * 2 - 1 < 10',
  'has(tags.site) && tags.all(k, k.size() > 1)',
  'timestamp("2026-01-01T00:00:00Z") > timestamp("2025-01-01T00:00:00Z")',
];
const words = [
  '.map(x, ',
  '.filter(',
  '(a*)*$',
  '9223372036854775807',
  '1.0/0.0',
  'b"\\xff"',
  'r"',
  '"""',
  ' in ',
  '!',
  '- -',
];

export const conditions = async () => {
  const compile = await openConditions();
  return defineTarget({
    name: 'conditions',
    input: mutatedText(samples, words),
    check(source: string) {
      const condition = compile(source, actionVariables);
      if ('problem' in condition) return ensure(condition.problem !== '', 'what is wrong');
      const result = condition.test({ subject: someone(), action: 'publish', topic: 'a/b' });
      ensure(typeof result === 'boolean' || result.failure !== '', 'yes, no, or why not');
    },
  });
};
