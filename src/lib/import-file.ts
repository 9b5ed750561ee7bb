/** Loads a user's module, and explains why it cannot be loaded. */

/** Replaced in tests. Takes a `file:` URL. */
export type ImportModule = (url: string) => Promise<Record<string, unknown>>;

export const importFile: ImportModule = (url) =>
  import(/* @vite-ignore */ generation === 0 ? url : `${url}?generation=${generation}`);

let generation = 0;

/**
 * Makes {@link importFile} load modules again that were already imported, which Node would not do. Modules
 * that they import are not loaded again. Old modules are never freed, so use this only for development.
 */
export function renewImports(): void {
  generation++;
}

/** Explains Node's most common codes; else quotes the module's own error. */
export function explainImport(error: unknown, path: string): string {
  if (!(error instanceof Error)) return 'failed to import';
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ERR_MODULE_NOT_FOUND' && error.message.includes(`'${path}'`)) {
    return 'does not exist; paths are relative to the configuration file';
  }
  if (code === 'ERR_UNSUPPORTED_DIR_IMPORT') return 'is a directory; name the file in it';
  if (code === 'ERR_UNKNOWN_FILE_EXTENSION')
    return 'is not JavaScript; compile it, and name the .mjs or .js file';
  // Node prints where a syntax error is, but does not put it into the error.
  const hint = error instanceof SyntaxError ? '; node --check shows the line' : '';
  return `failed to import: ${error.name}: ${error.message}${hint}`;
}
