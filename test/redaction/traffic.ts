/** Calls of a broker that carry secrets wherever the protocol has a place for them. */
import { encodeRequest } from '../../src/protocol/wire/encode-request.ts';
import { rpcs } from '../../src/protocol/wire/rpc.ts';
import type { Broker } from '../program/support/broker.ts';
import { inputs } from '../support/inputs.ts';

export interface Login {
  readonly clientid: string;
  readonly username: string;
  readonly password: string;
}

/** Every hook of every version, as this client. @returns how many calls were made. */
export async function callEverything(broker: Broker, login: Login, payload: string): Promise<number> {
  let calls = 0;
  for (const rpc of rpcs) {
    const request = withLogin(inputs()[rpc.hook] as object, login, payload);
    await broker.call(rpc.path, encodeRequest(rpc, request), {
      deadline: Date.now() + 20_000,
    });
    calls++;
  }
  return calls;
}

/** The protocol has a password in each ClientInfo; brokers leave most of them empty, and need not. */
function withLogin(request: object, login: Login, payload: string): object {
  const { clientid, username } = login;
  const { clientinfo, conninfo, message } = request as {
    readonly clientinfo?: object;
    readonly conninfo?: object;
    readonly message?: { readonly headers: object };
  };
  return {
    ...request,
    ...(clientinfo && { clientinfo: { ...withoutUnsent(clientinfo), ...login } }),
    ...(conninfo && { conninfo: { ...withoutUnsent(conninfo), clientid, username } }),
    ...(message && {
      message: {
        ...message,
        payload: Buffer.from(payload),
        headers: { ...message.headers, username },
      },
    }),
  };
}

/** A call that is not protobuf, and a truncated one: both contain the password. */
export async function callBadly(broker: Broker, { username, password }: Login): Promise<void> {
  const login = rpcs.filter(({ hook }) => hook === 'client.authenticate');
  for (const { path } of login) {
    await broker.call(path, Buffer.from(`${username}\0${password}`));
    await broker.call(path, Buffer.concat([Buffer.from([0x0a, 0x7f]), Buffer.from(password)]));
  }
  await broker.call(`/emqx.exhook.v3.HookProvider/${encodeURIComponent(password)}`, Buffer.alloc(0));
}

function withoutUnsent(info: object): object {
  const { peerport: _, ...sent } = info as { peerport?: number };
  return sent;
}
