/** Every key of the configuration, for reference and help. */
import { allKeys, type Key } from './key.ts';

export const keys: readonly Key[] = allKeys();
