/** Every key of the configuration, for what describes them all. */
import { allKeys, type Key } from './key.ts';

export const keys: readonly Key[] = allKeys();
