// For `node --import`: writes a line of the log for each module that is loaded.
import { register } from 'node:module';

const hooks = `
  import { writeSync } from 'node:fs';
  export async function load(url, context, next) {
    if (!url.startsWith('node:'))
      writeSync(2, JSON.stringify({ severity: 'DEBUG', message: 'loaded ' + url }) + '\\n');
    return next(url, context);
  }
`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);
