/** Realistic inputs of hooks, as a schema gives them: name what matters to a test, the rest is ordinary. */
import type { HookContext } from '../../src/core/hook.ts';
import type { HookName } from '../../src/protocol/schema/hook-name.ts';
import type { HookSpec } from '../../src/protocol/schema/replies.ts';
import type { HookInput } from '../../src/protocol/schema/requests.ts';
import type {
  BrokerInfo,
  ClientInfo,
  ConnInfo,
  Credentials,
  Message,
  Property,
  RequestMeta,
  SubOpts,
  TopicFilter,
} from '../../src/protocol/schema/vocabulary.ts';

const NODE = 'emqx@127.0.0.1';

/** The password of every credential here: what must never be seen again. */
export const SECRET = 'correct-horse-battery';

export function aMeta(overrides: Partial<RequestMeta> = {}): RequestMeta {
  return { node: NODE, version: '5.10.3', sysdescr: 'EMQX', clusterName: 'emqxcl', ...overrides };
}

export function aBroker(overrides: Partial<BrokerInfo> = {}): BrokerInfo {
  return {
    version: '5.10.3',
    sysdescr: 'EMQX',
    uptime: 1150n,
    datetime: '2026-11-22T18:50:41.084516383+00:00',
    ...overrides,
  };
}

export function aConnection(overrides: Partial<ConnInfo> = {}): ConnInfo {
  return {
    node: NODE,
    clientid: 'sub-a',
    username: 'alice',
    peerhost: '127.0.0.1',
    sockport: 1883,
    protoName: 'MQTT',
    protoVer: '5',
    keepalive: 30,
    peerport: 54_321,
    ...overrides,
  };
}

export function aClient(overrides: Partial<ClientInfo> = {}): ClientInfo {
  return {
    node: NODE,
    clientid: 'sub-a',
    username: 'alice',
    peerhost: '127.0.0.1',
    sockport: 1883,
    protocol: 'mqtt',
    mountpoint: '',
    isSuperuser: false,
    anonymous: true,
    cn: '',
    dn: '',
    peerport: 54_321,
    ...overrides,
  };
}

export function aCredential(overrides: Partial<Credentials> = {}): Credentials {
  return { ...aClient(), password: SECRET, ...overrides };
}

export function aMessage(overrides: Partial<Message> = {}): Message {
  return {
    node: NODE,
    id: '000660E1F43C26AAF440000001F60002',
    qos: 1,
    from: 'pub-a',
    topic: 't/a',
    payload: new TextEncoder().encode('hello'),
    timestamp: 1_795_373_441_754n,
    headers: { peerhost: '127.0.0.1', protocol: 'mqtt', username: 'bob' },
    ...overrides,
  };
}

export function someOptions(overrides: Partial<SubOpts> = {}): SubOpts {
  return { qos: 1, rh: 0, rap: 0, nl: 0, ...overrides };
}

export function aFilter(name = 't/#', subopts: Partial<SubOpts> = {}): TopicFilter {
  return { name, subopts: someOptions(subopts) };
}

export function aProperty(name = 'Content-Type', value = 'text/plain'): Property {
  return { name, value };
}

/** What a hook gets besides its input. */
export function aContext(
  overrides: { hooks?: readonly HookSpec[]; answers?: HookContext['answers'] } = {},
): HookContext {
  return { policy: { hooks: overrides.hooks ?? [] }, answers: overrides.answers ?? {} };
}

/** One realistic input for every hook. */
export function inputs(): { [Name in HookName]: HookInput<Name> } {
  const meta = aMeta();
  const conninfo = aConnection();
  const clientinfo = aClient();
  const message = aMessage();
  const props = [aProperty()];
  const userProps = [aProperty('site', 'north')];
  const topicFilters = [aFilter()];
  return {
    'provider.loaded': { broker: aBroker(), meta },
    'provider.unloaded': { meta },
    'client.connect': { conninfo, props, meta, userProps },
    'client.connack': { conninfo, resultCode: 'success', props, meta, userProps },
    'client.connected': { clientinfo, meta },
    'client.disconnected': { clientinfo, reason: 'normal', meta },
    'client.authenticate': { clientinfo: aCredential(), result: true, meta },
    'client.authorize': { clientinfo, type: 0, topic: 't/a', result: true, meta },
    'client.subscribe': { clientinfo, props, topicFilters, meta, userProps },
    'client.unsubscribe': { clientinfo, props, topicFilters, meta, userProps },
    'session.created': { clientinfo, meta },
    'session.subscribed': { clientinfo, topic: 't/#', subopts: someOptions(), meta },
    'session.unsubscribed': { clientinfo, topic: 't/#', meta },
    'session.resumed': { clientinfo, meta },
    'session.discarded': { clientinfo, meta },
    'session.takenover': { clientinfo, meta },
    'session.terminated': { clientinfo, reason: 'normal', meta },
    'message.ingress': { clientinfo, message, meta, props, userProps },
    'message.publish': { message, meta, props, userProps },
    'message.delivered': { clientinfo, message, meta },
    'message.dropped': { message, reason: 'no_subscribers', meta },
    'message.acked': { clientinfo, message, meta },
  };
}
