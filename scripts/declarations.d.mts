import type { Plugin } from 'esbuild';

export const withoutOpeners: Plugin;
