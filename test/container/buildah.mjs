/** Images in their own storage, removed after the test. No registry is used. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './tools.mjs';

/** Milliseconds that installing and building may take. */
const BUILD_TIMEOUT = 900_000;

export class Buildah {
  #options = [];
  #env = {};

  /** @param {string} directory for everything that it writes */
  static async open(directory) {
    const buildah = new Buildah();
    mkdirSync(directory);
    const policy = join(directory, 'policy.json');
    const registries = join(directory, 'registries.conf');
    writeFileSync(policy, '{"default":[{"type":"insecureAcceptAnything"}]}');
    writeFileSync(registries, 'unqualified-search-registries = []\n');
    buildah.#env = { CONTAINERS_REGISTRIES_CONF: registries, TMPDIR: directory, BUILDAH_RUNTIME: 'runc' };
    buildah.policy = policy;
    for (const driver of ['overlay', 'vfs']) {
      const storage = ['--root', join(directory, driver), '--runroot', join(directory, `${driver}-run`)];
      buildah.#options = [...storage, '--storage-driver', driver];
      if (await buildah.#canMount()) return buildah;
    }
    throw new Error('buildah can mount no file system here, neither with overlay nor with vfs');
  }

  /** Overlay does not work on every file system. */
  async #canMount() {
    const { code, stdout } = await this.call(['from', 'scratch'], { mayFail: true });
    if (code !== 0) return false;
    const mounted = await this.call(['mount', stdout], { mayFail: true });
    await this.call(['rm', stdout]);
    return mounted.code === 0;
  }

  call(args, options) {
    return run('buildah', [...this.#options, ...args], { ...options, env: this.#env });
  }

  /**
   * @param {(root: string) => Promise<void>} fill
   * @param {Readonly<Record<string, string>>} [env] variables of the image
   */
  async makeBase(name, fill, env = {}) {
    const { stdout: container } = await this.call(['from', 'scratch']);
    await fill((await this.call(['mount', container])).stdout);
    const variables = Object.entries(env).map(([key, value]) => `--env=${key}=${value}`);
    if (variables.length > 0) await this.call(['config', ...variables, container]);
    await this.call(['commit', '--quiet', '--signature-policy', this.policy, '--rm', container, name]);
  }

  /** @param {readonly string[]} args for `buildah bud` */
  async build(name, args, cwd) {
    // Docker's format: OCI's does not have HEALTHCHECK.
    const fixed = [
      '--format',
      'docker',
      '--pull-never',
      '--isolation',
      'oci',
      '--signature-policy',
      this.policy,
    ];
    await this.call(['bud', ...fixed, ...args, '--tag', name, '.'], { cwd, timeout: BUILD_TIMEOUT });
  }

  /** @returns {Promise<any>} the configuration of an image, as Docker has it */
  async inspect(name) {
    const { stdout } = await this.call(['inspect', '--type', 'image', name]);
    return JSON.parse(stdout).Docker.config;
  }

  /** @returns {Promise<string>} the directory with the files of an image */
  async mount(name) {
    const { stdout: container } = await this.call([
      'from',
      '--pull-never',
      '--signature-policy',
      this.policy,
      name,
    ]);
    return (await this.call(['mount', container])).stdout;
  }

  async close() {
    if (this.#options.length === 0) return;
    await this.call(['umount', '--all'], { mayFail: true });
    await this.call(['rm', '--all'], { mayFail: true });
    await this.call(['rmi', '--all', '--force'], { mayFail: true });
  }
}
