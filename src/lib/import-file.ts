/** Loads a module of the user's own, and says in words why it cannot be loaded. */

/** Replaced in tests. Takes a `file:` URL. */
export type ImportModule = (url: string) => Promise<Record<string, unknown>>;

export const importFile: ImportModule = (url) =>
  import(/* @vite-ignore */ generation === 0 ? url : `${url}?generation=${generation}`);

let generation = 0;

/**
 * Makes {@link importFile} read modules again that were imported before: Node keeps a module as it was first imported.
 * What such a module imports itself stays as it was. Memory of old ones is not freed, so that this is for development.
 */
export function renewImports(): void {
  generation++;
}

/** Node's codes of what goes wrong most; else what the module itself says. */
export function explainImport(error: unknown, path: string): string {
  if (!(error instanceof Error)) return 'failed while it was imported';
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ERR_MODULE_NOT_FOUND' && error.message.includes(`'${path}'`)) {
    return 'does not exist; paths are relative to the configuration file';
  }
  if (code === 'ERR_UNSUPPORTED_DIR_IMPORT') return 'is a directory; name the file in it';
  if (code === 'ERR_UNKNOWN_FILE_EXTENSION')
    return 'is not JavaScript; compile it, and name the .mjs or .js file';
  // Node prints where a syntax error is, but keeps it out of the error.
  const hint = error instanceof SyntaxError ? '; node --check shows where' : '';
  return `failed while it was imported: ${error.name}: ${error.message}${hint}`;
}
