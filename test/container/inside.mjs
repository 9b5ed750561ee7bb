/** The permissions of a process in the container, as the kernel reports them and as it finds out itself. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { check } from './report.mjs';

const manifest = new URL('../../package.json', import.meta.url);

export async function hasNoPrivileges(container) {
  const pid = await container.pid();
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const fieldOf = (name) => new RegExp(`^${name}:\\s+(.*)$`, 'm').exec(status)?.[1] ?? '';
  const isUser = ['Uid', 'Gid'].every((name) => /^65532\t65532\t65532\t65532$/.test(fieldOf(name)));
  check('it is user and group 65532', isUser, status);
  check('it has no capabilities', /^0+$/.test(fieldOf('CapEff') + fieldOf('CapBnd')), status);
  const mounts = readFileSync(`/proc/${pid}/mountinfo`, 'utf8');
  check('its root file system is mounted read-only', /^(\S+ ){4}\/ ro[, ]/m.test(mounts), mounts);
  await canWriteNowhere(container);
}

async function canWriteNowhere(container) {
  const script = `for (const name of ['/x', '/app/x', '/tmp/x', '/etc/exhook-edge/x', '/dev/shm/x'])
    try { require('node:fs').writeFileSync(name, ''); console.log(name); } catch {}`;
  const { code, output } = await container.exec(['node', '-e', script]);
  check('it can write nowhere, not even in /tmp', code === 0 && output === '', output);
}

/** The image contains parts of packages: what they load must still be there. */
export async function loadsItsPackages(container, root) {
  const { dependencies } = JSON.parse(readFileSync(manifest, 'utf8'));
  const names = Object.keys(dependencies).filter((name) => existsSync(join(root, 'app/node_modules', name)));
  const script = `await Promise.all(${JSON.stringify(names)}.map((name) => import(name)));`;
  const { code, output } = await container.exec(['node', '--input-type=module', '-e', script]);
  check(`it can load ${names.join(', ')}`, code === 0, output);
}
