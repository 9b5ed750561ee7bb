import { afterAll, beforeAll, describe } from 'vitest';
import { Nats } from '../../../src/sinks/nats/declaration.ts';
import { openNats } from '../../../src/sinks/nats/open.ts';
import { isNatsMissing, type NatsServer, startNats } from '../../support/servers/nats.ts';
import { itKeepsTheContract, ours } from '../contract.ts';
import { optionsOf, sinkWorld } from '../options.ts';
import { readStream } from './read-stream.ts';

const password = 'p@ss"word\\%41';
const config = `max_payload: 300000, authorization { user: exhook, password: ${JSON.stringify(password)} }`;

describe.skipIf(isNatsMissing).each([
  ['one event of a client at a time', {}],
  ['all of a batch at once', { pipeline: true }],
])('nats, %s', (_, further) => {
  let server: NatsServer;

  beforeAll(async () => {
    server = await startNats({ config });
  });
  afterAll(() => server?.close());

  const open = (options: object = {}) => {
    const written = {
      servers: [`nats://127.0.0.1:${server.port}`],
      user: 'exhook',
      password: { env: 'PASSWORD' },
      stream: { name: 'EVENTS', create: true, subjects: ['>'], duplicateWindow: '1h' },
      timeout: '2s',
      ...further,
      ...options,
    };
    return openNats(optionsOf(Nats, written), sinkWorld({ env: { PASSWORD: password } }));
  };

  itKeepsTheContract(
    ours({
      open: () =>
        open({ stream: { name: 'EVENTS', create: true, subjects: ['mqtt.>'], duplicateWindow: '1h' } }),
      read: () =>
        readStream({ servers: `127.0.0.1:${server.port}`, user: 'exhook', pass: password }, 'EVENTS'),
      server: {
        start: () => server.start(),
        stop: () => server.stop(),
        kill: () => server.kill(),
      },
      ordering: 'per-key',
      duplicates: 'dropped',
      refuse: (delivery) => ({ ...delivery, format: 'raw', body: new Uint8Array(400_000) }),
      hasTargets: true,
      broken: [
        {
          title: 'the password is wrong',
          open: () => open({ password: 'not-the-password' }),
          says: /NATS at 127\.0\.0\.1:\d+: it does not know this user: see user, password/,
          secrets: ['not-the-password'],
        },
        {
          title: 'the stream is missing and is not to be made',
          open: () => open({ stream: { name: 'MISSING' } }),
          says: /there is no such stream: create it, or write create: true/,
        },
        {
          title: 'no stream takes the subject',
          open: () => open({ stream: undefined, subject: 'nobody.listens' }),
          says: /no stream takes the subject nobody\.listens: see subject and stream/,
        },
        {
          title: 'the stream takes other subjects',
          open: () => open({ stream: { name: 'EVENTS' }, subject: 'other.subject' }),
          says: /the stream EVENTS does not take the subject other\.subject/,
        },
        {
          title: 'the host is not there',
          open: () => open({ servers: ['nats://nowhere.invalid'] }),
          says: /NATS at nowhere\.invalid: /,
        },
      ],
    }),
  );
});
