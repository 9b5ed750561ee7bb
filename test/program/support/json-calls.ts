/** Calls as curl makes them: JSON over HTTP/1.1. */

const base = { peerhost: '10.0.0.1', protocol: 'mqtt', node: 'emqx@a' };

export interface JsonAnswer {
  readonly status: number;
  readonly body: unknown;
}

export async function callJson(url: string, method: string, request: object): Promise<JsonAnswer> {
  const response = await fetch(`${url}/emqx.exhook.v3.HookProvider/${method}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
    signal: AbortSignal.timeout(20_000),
  });
  return { status: response.status, body: await response.json() };
}

export const login = (url: string, client: object): Promise<JsonAnswer> =>
  callJson(url, 'OnClientAuthenticate', { clientinfo: { ...base, ...client } });

export const connected = (url: string, client: object): Promise<JsonAnswer> =>
  callJson(url, 'OnClientConnected', { clientinfo: { ...base, ...client } });

/** Waits until the server answers. */
export async function untilHealthy(url: string): Promise<void> {
  for (;;) {
    const isHealthy = await fetch(`${url}/healthz`).then(
      (response) => response.ok,
      () => false,
    );
    if (isHealthy) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
