import { choice, section } from '../expects.ts';

export const Log = section({
  level: choice(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .prefault('info')
    .describe(
      'The least severe records that are logged, to standard error. The default tells what the server does, and nothing about single calls that succeed.',
    ),
  format: choice(['auto', 'json', 'pretty'])
    .prefault('auto')
    .describe(
      'How records look. The default, auto, is pretty on a terminal and JSON elsewhere, which is what log collectors read.',
    ),
});
