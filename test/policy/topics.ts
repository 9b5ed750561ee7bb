/** Topics and filters over a small alphabet, and matching as the specification's prose has it. */
import fc from 'fast-check';

/** Levels that trip code up: empty ones, ones that begin with `$`. */
const levels = ['', 'a', 'b', '$s'];
/** A level that no filter names: the alphabet is then as good as infinite. */
const unnamed = 'z';
const DEPTH = 3;

const level = fc.constantFrom(...levels);

/** No level is not a topic; neither is a single empty one. */
const isText = (parts: readonly string[]) => parts.join('/') !== '';

export const anyTopic = fc
  .array(fc.constantFrom(...levels, unnamed), { minLength: 1, maxLength: DEPTH + 1 })
  .filter(isText)
  .map((parts) => parts.join('/'));

export const anyFilter = fc
  .tuple(fc.array(fc.oneof(level, fc.constant('+')), { maxLength: DEPTH }), fc.boolean())
  .map(([parts, hash]) => (hash ? [...parts, '#'] : parts))
  .filter(isText)
  .map((parts) => parts.join('/'));

function* sequences(length: number): Iterable<string[]> {
  if (length === 0) yield [];
  else
    for (const rest of sequences(length - 1)) for (const next of [...levels, unnamed]) yield [...rest, next];
}

/**
 * Every topic of up to one level more than any filter has. The empty one is among them although MQTT forbids it
 * [MQTT-4.7.3-1]: only `/+/#` would cover `/#` without it, and no rule is the poorer for that.
 */
export const topicsToTry: readonly string[] = Array.from({ length: DEPTH + 1 }, (_, i) => [
  ...sequences(i + 1),
])
  .flat()
  .map((parts) => parts.join('/'));

/** MQTT 5.0, 4.7, read plainly and slowly. */
export function referenceMatches(filter: string, topic: string): boolean {
  if (topic.startsWith('$') && /^[+#]/.test(filter)) return false;
  const wanted = filter.split('/');
  const given = topic.split('/');
  if (wanted.at(-1) === '#') {
    const parent = wanted.slice(0, -1);
    return given.length >= parent.length && parent.every((part, i) => part === '+' || part === given[i]);
  }
  return given.length === wanted.length && wanted.every((part, i) => part === '+' || part === given[i]);
}
