/**
 * Loads the HTTP client. To be awaited when something that needs it is opened, and not by a call: loading undici takes
 * tens of milliseconds, and fails for ever if it fails once.
 */
export async function loadHttpClient(): Promise<typeof import('./client.ts')> {
  return await import('./client.ts');
}
