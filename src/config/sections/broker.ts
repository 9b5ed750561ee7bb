/** The broker's REST API: lets the server maintain its own entry there. */
import * as z from 'zod';
import { choice, expects, section, text } from '../../lib/schema/builders.ts';
import { secret } from '../../lib/schema/secret.ts';

const urlError = 'the address of its dashboard and REST API, such as http://127.0.0.1:18083';

function findUrlProblem(url: string): string | undefined {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol))
    return `is not an http(s) URL; write ${urlError}`;
  if (parsed.username !== '' || parsed.password !== '')
    return 'contains a user or a password; write broker.key and broker.secret';
  return undefined;
}

const Url = text('a URL', urlError).superRefine((url, context) => {
  const message = findUrlProblem(url);
  if (message !== undefined) context.addIssue({ code: 'custom', message });
});

export const Broker = section(() => ({
  url: Url.describe('The URL of the EMQX dashboard and REST API (5.0 and later). There is no default.'),
  key: secret('an API key')
    .prefault({ env: 'EMQX_API_KEY' })
    .describe(
      'An API key of the broker, as { env } or { file }, or the text itself. It needs the role administrator for actions, viewer otherwise. The default is { env: EMQX_API_KEY }.',
    ),
  secret: secret('the secret of an API key')
    .prefault({ env: 'EMQX_API_SECRET' })
    .describe('The secret of that key. The default is { env: EMQX_API_SECRET }.'),
  name: text('a name', 'the name of this server in the broker')
    .prefault('exhook-edge')
    .describe('The name of this server in the broker. The default is exhook-edge.'),
  ca: text('a path', 'a path such as ./ca.pem')
    .optional()
    .describe('Certificate authorities to trust, a PEM file. When absent, those of Node.'),
  actions: z
    .array(choice(['reload']), { error: expects('a list', 'actions: [reload]') })
    .prefault([])
    .describe(
      'What this server may do there. reload: when the broker has an outdated hook list, disable and enable the entry of this server, which makes the broker ask for the list again; at most once in ten minutes. None by default: a difference is only logged.',
    ),
}));
export type Broker = z.output<typeof Broker>;
