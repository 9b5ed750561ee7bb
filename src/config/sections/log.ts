import { choice, section, text } from '../../lib/schema/builders.ts';

export const Log = section(() => ({
  level: choice(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .prefault('info')
    .describe(
      'The lowest level that is logged, to standard error. The default shows what the server does, but not single calls that succeed; debug shows each call. May change while the server runs; SIGUSR2 switches to debug and back. docs/logs.md lists the fields of a record.',
    ),
  format: choice(['auto', 'json', 'google', 'pretty'])
    .prefault('auto')
    .describe(
      'The format of records. The default, auto, is pretty on a terminal, google on Cloud Run (where K_SERVICE is set), and JSON elsewhere. google is JSON with the fields that Google Cloud Logging and Error Reporting look for.',
    ),
  project: text('the id of a project', 'the id of the Google Cloud project that has the traces')
    .optional()
    .describe(
      'The Google Cloud project whose traces records link to, in the format google. When absent, the environment variable GOOGLE_CLOUD_PROJECT is used; without that, records have only the ids of traces.',
    ),
}));
