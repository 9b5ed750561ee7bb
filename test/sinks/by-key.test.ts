import { describe, expect, it } from 'vitest';
import { writeByKey } from '../../src/sinks/by-key.ts';
import { ReceiptBuilder } from '../../src/sinks/receipt-builder.ts';
import { aDelivery } from '../events/support.ts';

const batch = ['a1', 'b1', 'a2', 'b2', 'a3'].map((id) => aDelivery(id, id[0]));

describe('writeByKey', () => {
  it('leaves out deliveries that are no longer wanted, checked just before sending', async () => {
    const unwanted = new Set<string>(['b1']);
    const outcome = new ReceiptBuilder(batch, ({ id }) => !unwanted.has(id));
    const sent: string[] = [];
    await writeByKey(
      batch,
      16,
      async ({ id }) => {
        sent.push(id);
        await Promise.resolve();
        if (id === 'a1') unwanted.add('a2');
        return undefined;
      },
      outcome,
    );
    expect(sent.sort()).toEqual(['a1', 'a3', 'b2']);
    expect(outcome.settle(() => {})).toBeUndefined();
  });

  it('sends everything when nobody says otherwise', async () => {
    const outcome = new ReceiptBuilder(batch);
    const sent: string[] = [];
    await writeByKey(batch, 1, async ({ id }) => void sent.push(id), outcome);
    expect(sent).toEqual(['a1', 'a2', 'a3', 'b1', 'b2']);
  });
});
