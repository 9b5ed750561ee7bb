/** Requests that are refused by their headers, their bodies unread: each is answered, and hurts no other. */
import { describe, expect, it } from 'vitest';
import { inputs } from '../support/inputs.ts';
import { requestOf, rpcFor } from '../support/runtime.ts';
import { frame, grpcHeaders, until } from './raw-client.ts';
import { startTestServer } from './server-support.ts';

const connected = rpcFor('client.connected');
const good = requestOf(connected, inputs()['client.connected']);
const unknown = `${connected.path}Or`;

const refused = [
  { what: 'an unknown method', path: unknown, headers: {}, status: 200, grpc: '12' },
  {
    what: 'an unknown method, compressed',
    path: unknown,
    headers: { 'grpc-encoding': 'gzip' },
    status: 200,
    grpc: '12',
  },
  {
    what: 'an unknown method, in JSON',
    path: unknown,
    headers: { 'content-type': 'application/grpc+json' },
    status: 200,
    grpc: '12',
  },
  {
    what: 'an encoding that does not exist',
    path: connected.path,
    headers: { 'grpc-encoding': 'x-unheard-of' },
    status: 200,
    grpc: '12',
  },
  {
    what: 'a content type that is not served',
    path: connected.path,
    headers: { 'content-type': 'text/plain' },
    status: 415,
  },
  {
    what: 'a path where there is nothing',
    path: '/nothing/here',
    headers: { 'content-type': 'application/json' },
    status: 404,
  },
];

describe.each(refused)('$what', ({ path, headers, status, grpc }) => {
  it('is answered each time, whole, with its body sent or still on its way', async () => {
    await using server = await startTestServer();
    const client = server.client();
    const answers = await Promise.all(
      Array.from({ length: 40 }, async (_, i) => {
        const { stream, answer } = client.open(grpcHeaders(path, headers));
        stream.write(frame(good));
        if (i % 2 === 0) stream.end();
        return await answer;
      }),
    );
    const seen = answers.map((answer) => [answer.status, answer.trailers['grpc-status'], answer.resetCode]);
    expect(seen).toStrictEqual(answers.map(() => [status, grpc, 0]));
    await until(() => server.listener.connections.open === 0);
  });

  it('with large bodies leaves the window of the connection to other calls', async () => {
    await using server = await startTestServer();
    const client = server.client();
    for (let i = 0; i < 8; i++) {
      const answer = await client.send(grpcHeaders(path, headers), frame(Buffer.alloc(40_000)));
      expect(answer.status).toBe(status);
    }
    const { trailers } = await client.call(connected.path, good);
    expect(trailers).toMatchObject({ 'grpc-status': '0' });
  });
});
