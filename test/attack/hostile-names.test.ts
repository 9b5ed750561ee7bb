/** A client whose names are as long and as harmful as MQTT allows, against the log of the built server. */
import { expect, it } from 'vitest';
import { callJson, login } from '../program/support/json-calls.ts';
import { startServer, temporaryFile } from '../program/support/program.ts';

const TIMES = 30;
/** Bytes that one denied call may write. */
const MOST = 10_000;

it('denied logins and publishes with ids of 60 kB of control characters write a few kilobytes each', async () => {
  const config = {
    events: { stdout: 'off' },
    authenticate: { methods: [{ anonymous: { who: { clientid: 'nobody' } } }] },
    authorize: { rules: [{ allow: 'publish', topics: ['a'] }], otherwise: 'deny' },
  };
  const server = await startServer(['--config', temporaryFile('exhook.yaml', JSON.stringify(config))]);
  const before = Buffer.byteLength(server.stderr.text);
  for (let i = 0; i < TIMES; i++) {
    const name = `${i}${'\u0001\u009b'.repeat(20_000)}`;
    const clientinfo = { clientid: name, username: name, peerhost: '10.0.0.1', node: name };
    expect((await login(server.url, clientinfo)).status).toBe(200);
    const publish = { clientinfo, type: 'PUBLISH', topic: name };
    expect((await callJson(server.url, 'OnClientAuthorize', publish)).status).toBe(200);
  }
  await server.stop();
  const written = Buffer.byteLength(server.stderr.text) - before;
  expect(server.log.filter(({ message }) => message === 'denied')).toHaveLength(2 * TIMES);
  expect(written).toBeLessThan(2 * TIMES * MOST);
  expect(server.stderr.text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
});
