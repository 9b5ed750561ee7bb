import { expect, it } from 'vitest';
import { serve } from '../../src/app/serve.ts';
import { defineHook } from '../../src/core/hook.ts';

it('A server of the library refuses to start when a custom hook keeps every event from a route', async () => {
  const hook = defineHook({
    name: 'message.publish',
    decide: () => ({ reply: { kind: 'pass' }, events: [] }),
  });
  const routes = [{ hooks: ['message.publish'], to: 'out' }];
  const config = { sinks: { out: { stdout: {} } }, events: { routes } };
  await expect(serve({ config: config as never, hooks: [hook] })).rejects.toThrow(
    'events.routes[0]: can never get an event',
  );
});
