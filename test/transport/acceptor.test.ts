/** Which way a connection goes, by its first bytes. What TLS does here is in tls.test.ts. */
import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createAcceptor } from '../../src/transport/acceptor.ts';

interface Taken {
  readonly socket: Socket;
  readonly spoken: string;
}

async function anAcceptor(timeout = 60_000) {
  const refusals: string[] = [];
  const taken: Taken[] = [];
  let tell: ((taken: Taken) => void) | undefined;
  const server = createAcceptor({
    timeout,
    accept: (socket, spoken) => {
      taken.push({ socket, spoken });
      tell?.({ socket, spoken });
    },
    refused: (reason) => refusals.push(reason),
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  onTestFinished(() => {
    for (const { socket } of taken) socket.destroy();
    server.close();
  });
  const next = () =>
    new Promise<Taken>((resolve) => {
      tell = resolve;
    });
  const open = async (): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    socket.on('error', () => {});
    await once(socket, 'connect');
    return socket;
  };
  return { open, next, taken, refusals };
}

/** All that a taken connection can be read to say, until it has said so much. */
async function readFrom(socket: Socket, length: number): Promise<string> {
  let said = '';
  while (said.length < length) {
    const bytes: Buffer | null = socket.read();
    if (bytes === null) await once(socket, 'readable');
    else said += bytes.toString();
  }
  return said;
}

describe('a connection', () => {
  it.each([
    ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'http2'],
    ['GET / HTTP/1.1\r\n\r\n', 'http1'],
    ['POST / HTTP/1.1\r\n\r\n', 'http1'],
    ['PUT / HTTP/1.1\r\n\r\n', 'http1'],
    ['nonsense', 'http1'],
  ])('that begins with %j is recognised, and keeps all its bytes', async (text, spoken) => {
    const { open, next } = await anAcceptor();
    const taking = next();
    (await open()).write(text);
    const taken = await taking;
    expect(taken.spoken).toBe(spoken);
    expect(await readFrom(taken.socket, text.length)).toBe(text);
  });

  it('may send its bytes slowly, while others proceed', async () => {
    const { open, next, taken } = await anAcceptor();
    const slow = await open();
    for (const byte of 'PR') {
      await new Promise((resolve) => slow.write(byte, resolve));
      const taking = next();
      (await open()).write('GET');
      expect((await taking).spoken).toBe('http1');
    }
    expect(taken.map(({ spoken }) => spoken)).toStrictEqual(['http1', 'http1']);
    const taking = next();
    slow.write('I *');
    const { socket, spoken } = await taking;
    expect(spoken).toBe('http2');
    expect(await readFrom(socket, 5)).toBe('PRI *');
  });

  it.each(['', 'P', 'PR'])('that sends only %j is closed when its time is over', async (text) => {
    const { open, taken } = await anAcceptor(50);
    const socket = await open();
    if (text !== '') socket.write(text);
    socket.resume();
    await once(socket, 'close');
    expect(taken).toStrictEqual([]);
  });

  it.each(['', 'P'])('that says %j and ends is forgotten', async (text) => {
    const { open, taken } = await anAcceptor();
    const socket = await open();
    socket.end(text);
    socket.resume();
    await once(socket, 'close');
    expect(taken).toStrictEqual([]);
  });

  it('that uses TLS is refused, and the operator gets the fix', async () => {
    const { open, taken, refusals } = await anAcceptor();
    const socket = await open();
    socket.write(Buffer.from('16030100c8010000c40303', 'hex'));
    socket.resume();
    await once(socket, 'close');
    expect(taken).toStrictEqual([]);
    expect(refusals).toStrictEqual([expect.stringMatching(/http:\/\/.*listen\.tls/)]);
  });
});
