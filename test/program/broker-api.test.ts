/** The built server with the section `broker`, beside a stand-in for EMQX's REST API. */
import { describe, expect, it } from 'vitest';
import { aBroker, aServer, KEY, SECRET } from '../emqx/fake-emqx.ts';
import { hurried, run, startServer, temporaryFile } from './support/program.ts';

const configFor = (url: string, workers = 1, actions: string[] = []) =>
  temporaryFile(
    'exhook.yaml',
    JSON.stringify({
      workers,
      events: { stdout: 'off' },
      hooks: { register: ['client.connected'] },
      broker: { url, actions },
    }),
  );

describe('a server that may look at the REST API of its broker', () => {
  it('says once that the broker holds another list, one worker for all, and tells no secret', async () => {
    const broker = await aBroker({
      servers: [aServer()],
      hooks: { 'exhook-edge': [{ name: 'client.connect', params: {} }] },
    });
    const env = { ...hurried, EMQX_API_KEY: KEY, EMQX_API_SECRET: SECRET };
    const server = await startServer(['--config', configFor(broker.url, 2)], { env });
    const line = await server.logged(/the list of hooks that the broker holds for exhook-edge differs/);
    expect(line).toMatchObject({ missing: ['client.connected'], extra: ['client.connect'] });
    expect(broker.requests).toStrictEqual(['GET /exhooks/exhook-edge', 'GET /nodes']);
    await server.stop();
    expect(server.log.filter(({ message }) => message.includes('differs from the list'))).toHaveLength(1);
    expect(server.stderr.text).not.toContain(SECRET);
  }, 60_000);

  it('reloads its own entry; the broker node then reads the list again', async () => {
    const api = await aBroker({
      servers: [aServer()],
      hooks: { 'exhook-edge': [{ name: 'client.connect', params: {} }] },
      hooksOfOurs: ['client.connected'],
    });
    const env = { ...hurried, EMQX_API_KEY: KEY, EMQX_API_SECRET: SECRET };
    const server = await startServer(['--config', configFor(api.url, 1, ['reload'])], { env });
    await server.logged(/this server was disabled and enabled there/);
    expect(api.requests.filter((request) => request.startsWith('PUT'))).toHaveLength(2);
    expect(api.state.servers[0]?.enable).toBe(true);
    expect(api.state.hooks['exhook-edge']?.map(({ name }) => name)).toStrictEqual(['client.connected']);
  }, 90_000);

  it('does not start without the secret', async () => {
    const env = { EMQX_API_KEY: KEY, PORT: '0' };
    const { code, stderr } = await run(['--config', configFor('http://127.0.0.1:1')], { env });
    expect(code).not.toBe(0);
    expect(stderr).toContain('broker.secret: environment variable EMQX_API_SECRET is not set');
  });
});
