/** The systems under a storm: users with bcrypt, an HTTP login service, and an HTTP sink that answers wait for. */
import { availableParallelism } from 'node:os';
import { hash } from '@node-rs/bcrypt';
import { idOf, login, message, PASSWORD, USERS } from './kinds.mjs';
import { startService } from './service.mjs';

const COST = 10;

export const scenarios = {
  async bcrypt() {
    const digest = await hash(PASSWORD, COST);
    const list = Array.from({ length: USERS }, (_, n) => ({ username: `device-${n}`, hash: digest }));
    return {
      title: `logins of users with bcrypt, cost ${COST}`,
      kind: login,
      config: { authenticate: { methods: [{ users: { list } }] } },
      capacityOf: (callers, seconds = 4) =>
        callers.saturate(login, { callers: availableParallelism(), seconds }),
      close: async () => {},
    };
  },

  async http(capacity) {
    const service = await startService({ perSecond: capacity, answer: '{"result":"allow"}' });
    return {
      title: `logins by an HTTP service of ${capacity} a second`,
      kind: login,
      config: { authenticate: { methods: [{ http: { url: service.url } }] } },
      capacityOf: async () => capacity,
      close: service.close,
    };
  },

  async sink(capacity) {
    const service = await startService({ perSecond: capacity, answer: '{}' });
    const route = { hooks: ['message.publish'], to: 'slow', delivery: 'before-reply', onFailure: 'drop' };
    return {
      title: `messages into an HTTP sink of ${capacity} a second, before-reply`,
      kind: message,
      config: {
        sinks: { slow: { http: { url: service.url } } },
        events: { stdout: 'off', routes: [{ ...route, shape: { format: 'binary' } }] },
      },
      capacityOf: async () => capacity,
      /** Returns how many were stored although their publisher was told that they are dropped. */
      async storedInVain(answers) {
        const stored = await service.stored();
        return answers.filter(
          ({ n, outcome }) => outcome === 'refused' && stored.has(`${idOf(n)}/message.publish`),
        ).length;
      },
      close: service.close,
    };
  },
};
