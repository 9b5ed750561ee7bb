/** A command line and an environment that say nothing. */
import { readSources } from '../../src/config/sources.ts';

export const noSources = readSources([], {});
