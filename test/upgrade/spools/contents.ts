/** Contents of the spools in this folder, by log: each kind of delivery. */
import type { Delivery } from '../../../src/sinks/delivery.ts';
import { aDelivery } from '../../events/spool/support.ts';

const bytes = (size: number) => Uint8Array.from({ length: size }, (_, i) => (i * 7) % 256);

export const contents: Readonly<Record<string, readonly Delivery[]>> = {
  history: [
    aDelivery('h-1', 'pump-1', { target: 'mqtt.plant.4' }),
    aDelivery('h-2', 'pump-2', {
      format: 'binary',
      contentType: 'application/octet-stream',
      attributes: { id: 'h-2', source: '//emqx/node', type: 'emqx.message.publish', subject: 'größe/温度' },
      body: bytes(256),
    }),
    // Larger than a page.
    aDelivery('h-3', 'pump-1', { format: 'raw', attributes: {}, body: bytes(10_000) }),
    aDelivery('h-4', '', { body: new Uint8Array(0) }),
    aDelivery('h-5', 'pump-1', { attributes: { id: 'h-5', clientid: '', 'a b': '\u0000\n"' } }),
  ],
  'presence-2': [aDelivery('p-1', 'ключ'), aDelivery('p-2', 'ключ')],
};
