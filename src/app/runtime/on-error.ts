/** What hooks answer when they fail here, from the configuration. */
import type { Config } from '../../config/schema.ts';
import type { HookTable } from '../../core/hook.ts';

/** Returns what a hook answers when it fails here. In shadow mode, only what the broker would do anyway. */
export function withOnError(table: HookTable, { authenticate, authorize, publish }: Config): HookTable {
  const onErrorOf = (part: typeof authenticate | typeof authorize) =>
    part?.mode === 'shadow' ? 'ignore' : part?.onError;
  const login = onErrorOf(authenticate);
  const topic = onErrorOf(authorize);
  return {
    ...table,
    ...(login && { 'client.authenticate': { ...table['client.authenticate'], onError: login } }),
    ...(topic && { 'client.authorize': { ...table['client.authorize'], onError: topic } }),
    ...(publish && {
      'message.publish': { ...table['message.publish'], onError: onPublishError(publish) },
    }),
    ...(publish &&
      publish.at !== 'publish' && {
        'message.ingress': {
          ...table['message.ingress'],
          onError: onPublishError(publish),
          refusesWith: publish.ingressDrop === 'disconnect' ? 'deny' : 'drop',
        },
      }),
  };
}

function onPublishError({ mode, onError }: NonNullable<Config['publish']>): 'deny' | 'ignore' {
  return mode === 'enforce' && onError === 'drop' ? 'deny' : 'ignore';
}
