import { type WatchOptions, watchFile } from '../lib/watch.ts';
import type { Logger } from '../log/log.ts';
import type { TlsFiles, TlsSettings } from '../transport/tls.ts';

/** Certificate and key are two files: after one has changed, wait this long for the other. Milliseconds. */
const SETTLE = 500;

/**
 * Reloads the TLS files whenever one of them changes. New connections get the new certificate, open ones keep theirs.
 * Files that do not match are reported, and the old certificate stays.
 *
 * @returns ends the watch.
 */
export function watchTlsFiles(
  files: TlsFiles,
  tls: Pick<TlsSettings, 'reload' | 'textOf'>,
  log: Pick<Logger, 'info' | 'error'>,
  options: Pick<WatchOptions, 'fs'> = {},
): () => void {
  let timer: NodeJS.Timeout | undefined;
  const reload = (): void => {
    tls.reload().then(
      () => log.info('the TLS files changed and were reloaded'),
      (error: Error) => log.error(`${error.message}; the old certificate stays in use`),
    );
  };
  const onText = (): void => {
    clearTimeout(timer);
    timer = setTimeout(reload, SETTLE).unref();
  };
  const onProblem = (message: string): void =>
    log.error(`listen.tls: ${message}; the old certificate stays in use`);
  const watches = (['cert', 'key', 'clientCa'] as const).flatMap((setting) => {
    const path = files[setting];
    return path === undefined
      ? []
      : [watchFile(path, { ...options, known: tls.textOf(setting), onText, onProblem })];
  });
  return () => {
    clearTimeout(timer);
    for (const watch of watches) watch.close();
  };
}
