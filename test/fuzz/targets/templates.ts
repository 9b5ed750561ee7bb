/** Templates, paths, globs and regular expressions: what rules are written with. */
import fc from 'fast-check';
import { compilePattern, type Dialect } from '../../../src/lib/pattern/pattern.ts';
import { parsePath } from '../../../src/policy/messages/path.ts';
import { parseMessageTemplate } from '../../../src/policy/messages/template.ts';
import { matchesGlob } from '../../../src/policy/text/glob.ts';
import { compileText, renderText } from '../../../src/policy/text/text-template.ts';
import { parseTemplate, substitute } from '../../../src/policy/topics/placeholders.ts';
import { mutatedText } from '../mutate.ts';
import { attempt, defineTarget, ensure } from '../target.ts';

const samples = [
  ...[
    'a/${clientid}/b',
    '${username}',
    '${tag.site}/${cert_common_name}',
    '$${x} ${payload.a.b[0]}',
    '${topic[1]}',
  ],
  ...['a.b[0]["c d"]', 'dev-*-?', '^(?:a|b)+[^c-f]{2,5}\\d$', '(a*)*b', '[a-z]*?x{0,3}(?=y)', '.*.*.*=.*'],
];

/** Long enough to notice non-linear work. */
const LONG = 'a'.repeat(3000);

export const templates = () =>
  defineTarget({
    name: 'templates',
    input: fc.record({
      source: mutatedText(samples, ['${clientid}', '${payload.', '[0]', '(?:', '){9}', '*', '\\p{L}', '[^']),
      value: mutatedText(['dev-17', 'a/b', '$SYS', '+', '#', 'a\0b', '']),
    }),
    check({ source, value }: { source: string; value: string }) {
      checkTopicTemplate(source, value);
      parseMessageTemplate(source);
      parsePath(source);
      const text = attempt(() => compileText(source, ['clientid', 'username']), isProblem);
      if (text !== undefined) renderText(text, { clientid: value }, encodeURIComponentSafely);
      matchesGlob(source, value);
      matchesGlob(source, LONG);
      for (const dialect of ['re2', 'ecma'] as const) checkPattern(source, dialect, value);
    },
  });

function checkPattern(source: string, dialect: Dialect, value: string): void {
  const pattern = compilePattern(source, dialect);
  if ('problem' in pattern) {
    ensure(pattern.problem !== '', 'what is wrong');
    return;
  }
  pattern.test(value);
  pattern.test(LONG);
}

const isProblem = (error: unknown) => error instanceof TypeError;
const encodeURIComponentSafely = (text: string) => encodeURIComponent(text.toWellFormed());

/** A value stays inside its level, and makes no wildcard. */
function checkTopicTemplate(source: string, value: string): void {
  const template = parseTemplate(source);
  if ('problem' in template) return;
  const subject = { clientid: value, username: value, cn: value, peerhost: '', tags: { site: value } };
  const topic = substitute(template, subject);
  if (typeof topic !== 'string') return;
  const written = template.parts.filter((part) => typeof part === 'string').join('');
  for (const special of ['/', '+', '#', '\0'])
    ensure(topic.split(special).length === written.split(special).length, 'a value that stays in its level');
}
