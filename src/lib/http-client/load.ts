/**
 * Loads the HTTP client. Await it when something that needs it is opened, not during a call: loading undici
 * takes tens of milliseconds, and a failed import fails for ever.
 */
export async function loadHttpClient(): Promise<typeof import('./client.ts')> {
  return await import('./client.ts');
}
