/**
 * The names of attributes: those of the semantic conventions where they have one (RPC, messaging and general, 1.38
 * and later), ours below `exhook`. docs/tracing.md explains each.
 */
export const names = {
  rpcSystem: 'rpc.system.name',
  rpcMethod: 'rpc.method',
  rpcStatus: 'rpc.response.status_code',
  errorType: 'error.type',
  clientId: 'messaging.client.id',
  messagingSystem: 'messaging.system',
  messagingOperation: 'messaging.operation.name',
  messagingOperationType: 'messaging.operation.type',
  batchSize: 'messaging.batch.message_count',
  hook: 'exhook.hook',
  outcome: 'exhook.outcome',
  verdict: 'exhook.decision.verdict',
  decidedBy: 'exhook.decision.by',
  isShadow: 'exhook.decision.shadow',
  brokerNode: 'exhook.broker.node',
  brokerVersion: 'exhook.broker.version',
  lookup: 'exhook.lookup',
  sink: 'exhook.sink.name',
  rejected: 'exhook.sink.rejected',
  unconfirmed: 'exhook.sink.unconfirmed',
} as const;
