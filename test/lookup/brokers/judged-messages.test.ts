import { describe, expect, it } from 'vitest';
import { JudgedMessages } from '../../../src/lookup/brokers/judged-messages.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const content = (topic: string, payload = 'x') => ({ topic, payload: bytes(payload) });

describe('a message that message.publish is called for', () => {
  it('was judged when its id was, also when it comes twice', () => {
    const judged = new JudgedMessages(10);
    expect(judged.has('id-1', content('t'))).toBe(false);
    judged.add('id-1', content('t'), false);
    expect(judged.has('id-1', content('t'))).toBe(true);
    expect(judged.has('id-1', content('t'))).toBe(true);
    expect(judged.has('id-2', content('t'))).toBe(false);
  });

  it.each<[what: string, now: ReturnType<typeof content>, isJudged: boolean]>([
    ['is what it was: the answer came too late', content('t', 'a'), false],
    ['is what it was, with the mountpoint of its client', content('site/t', 'a'), false],
    ['has the new topic', content('p/t', 'a'), true],
    ['has a new payload of the same length', content('t', 'b'), true],
    ['has a longer payload', content('t', 'aa'), true],
    ['was changed once more on its way', content('elsewhere', 'c'), true],
  ])('and was answered as another one counts by what became of it: it %s', (_what, now, isJudged) => {
    const judged = new JudgedMessages(10);
    judged.add('id-1', content('t', 'a'), true, 'site/');
    expect(judged.has('id-1', now)).toBe(isJudged);
  });

  it.each([
    ['the same topic', content('t', 'a'), true],
    ['its topic behind the mountpoint', content('site/t', 'a'), true],
    ['another payload, which no rule gave it', content('t', 'b'), true],
    ['another topic: its new place has rules of its own', content('plant/t', 'a'), false],
  ])('and was left as it came counts by its topic: it has %s', (_what, now, isJudged) => {
    const judged = new JudgedMessages(10);
    judged.add('id-1', content('t', 'a'), false, 'site/');
    expect(judged.has('id-1', now)).toBe(isJudged);
  });

  it('is forgotten when many came after it, and never before half of them', () => {
    const judged = new JudgedMessages(8);
    for (let i = 0; i < 100; i++) {
      judged.add(`id-${i}`, content('t'), false);
      for (let back = 0; back < Math.min(4, i + 1); back++)
        expect(judged.has(`id-${i - back}`, content('t'))).toBe(true);
      expect(judged.size).toBeLessThanOrEqual(8);
    }
    expect(judged.has('id-0', content('t'))).toBe(false);
  });

  it('is not remembered by an id that no broker makes', () => {
    const judged = new JudgedMessages(8);
    judged.add('', content('t'), false);
    judged.add('x'.repeat(65), content('t'), false);
    expect(judged.size).toBe(0);
  });
});
