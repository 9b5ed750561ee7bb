/** What the inspector says of itself: asked for at the start and after each reconnect. */
import { signal } from '@preact/signals';
import type { Info } from '../../../src/inspector/api.ts';
import { get } from './client.ts';

export const info = signal<Info | undefined>(undefined);

export async function loadInfo(): Promise<void> {
  info.value = await get<Info>('/api/info');
}
