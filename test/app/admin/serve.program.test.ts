/** Admin pages of a server in the user's own program. */
import { expect, it } from 'vitest';
import { freePort } from '../../../scripts/free-port.mjs';
import { serve } from '../../../src/app/serve.ts';
import { createLogger } from '../../../src/log/log.ts';

const listen = { host: '127.0.0.1', port: 0 };
const events = { stdout: 'off' } as const;

it('has pages where its configuration says so, until it stops', async () => {
  const log = await createLogger({ level: 'silent', format: 'json' });
  const server = await serve({ config: { listen, events, admin: { port: 0 } }, log });
  const url = `http://127.0.0.1:${server.adminAddress?.port}`;
  const text = await (await fetch(`${url}/metrics`)).text();
  expect(text).toMatch(/^exhook_draining 0$/m);
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  await server.stop();
  await expect(fetch(`${url}/healthz`)).rejects.toThrow();
});

it('has none when its configuration says nothing', async () => {
  const log = await createLogger({ level: 'silent', format: 'json' });
  const server = await serve({ config: { listen, events }, log });
  expect(server).not.toHaveProperty('adminAddress');
  await server.stop();
});

it('leaves no port open when its admin pages cannot be had', async () => {
  const log = await createLogger({ level: 'silent', format: 'json' });
  const first = await serve({ config: { listen, events, admin: { port: 0 } }, log });
  const port = first.adminAddress?.port ?? 0;
  await expect(serve({ config: { listen, events, admin: { port } }, log })).rejects.toThrow(/^admin\.port: /);
  await first.stop();
});

it('leaves no admin port open when the port of brokers cannot be had', async () => {
  const log = await createLogger({ level: 'silent', format: 'json' });
  const first = await serve({ config: { listen, events }, log });
  const port = await freePort();
  const taken = { ...listen, port: first.address.port };
  await expect(serve({ config: { listen: taken, events, admin: { port } }, log })).rejects.toThrow(
    /EADDRINUSE/,
  );
  const second = await serve({ config: { listen, events, admin: { port } }, log });
  expect(second.adminAddress?.port).toBe(port);
  await Promise.all([first.stop(), second.stop()]);
});
