/** The metadata of the image, and its files. */
import { check } from './report.mjs';
import { run } from './tools.mjs';

/** @param {any} config as Docker has it */
export function checkImage(config) {
  const isSo = (title, actual, expected) =>
    check(title, JSON.stringify(actual) === JSON.stringify(expected), JSON.stringify(actual));
  isSo('its user is a number that is not root', config.User, '65532:65532');
  isSo('its entry point needs no runtime', config.Entrypoint, ['node', '/app/dist/server.js']);
  isSo('nothing stands behind the entry point', config.Cmd ?? [], []);
  isSo('it is stopped with SIGTERM', config.StopSignal, 'SIGTERM');
  isSo('its HEALTHCHECK needs no runtime', config.Healthcheck?.Test, ['CMD', 'node', '/app/healthcheck.mjs']);
  isSo('its ports are 9000 and 9001', Object.keys(config.ExposedPorts).sort(), ['9000/tcp', '9001/tcp']);
  isSo('it carries its version', config.Labels['org.opencontainers.image.version'], '1.2.3');
  const isSecret = config.Env.some((one) => /token|password|secret|npm_config/i.test(one));
  check('no variable of the build is left', !isSecret, config.Env.join('\n'));
}

/** @param {string} root */
export async function checkFiles(root) {
  const find = async (...tests) =>
    (await run('find', [`${root}/app`, `${root}/node_modules`, ...tests])).stdout;
  const strange = await find(
    '!',
    '-user',
    'root',
    '-o',
    '!',
    '-type',
    'l',
    '(',
    '-perm',
    '/7022',
    '-o',
    '!',
    '-perm',
    '-444',
    ')',
  );
  check('its files belong to root, and everybody can read them', strange === '', strange.slice(0, 500));
  const unneeded = await find(
    '(',
    '-name',
    '*.map',
    '-o',
    '-name',
    '*.d.ts',
    '-o',
    '-name',
    '*.ts',
    '-o',
    '-name',
    '.npmrc',
    ')',
  );
  check('no sources, types and maps are in it', unneeded === '', unneeded.slice(0, 500));
}
