/** Adds a login method by the files that CONTRIBUTING names, and looks for it wherever a method has to be. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { expect, it } from 'vitest';
import { temporaryDirectory } from '../../program/support/program.ts';
import { root } from '../../support/source.ts';

/** The import and the place in the list; of the code that opens, that of this method alone. */
const withLdap: Plugin = {
  name: 'with-ldap',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^\.\/open\.ts$/ }, ({ path, importer }) =>
      importer.endsWith('/ldap/declaration.ts') ? undefined : { path, external: true },
    );
    onLoad({ filter: /src\/lookup\/methods\/kinds\.ts$/ }, ({ path }) => ({
      contents: `import { ldap } from '${join(root, 'test/fixtures/logins/ldap/declaration.ts')}';\n${readFileSync(path, 'utf8').replace('anonymous] as const', 'anonymous, ldap] as const')}`,
      loader: 'ts',
      resolveDir: join(root, 'src/lookup/methods'),
    }));
  },
};

const entry = `
  export { configJsonSchema } from './src/config/json-schema.ts';
  export { configReference } from './src/config/reference.ts';
  export { Config } from './src/config/schema.ts';
  export { resolvePolicyFiles } from './src/config/policy-files.ts';
  export { ownFacts } from './src/emqx/own-facts.ts';
  export { loginParts } from './src/lookup/methods/reference.ts';
  export { openMethods } from './src/lookup/policy/methods.ts';
  export { guaranteedBy } from './src/lookup/policy/vouches-for.ts';
  export { policyWarnings } from './src/lookup/policy/warnings.ts';
`;

async function readWithLdap(): ReturnType<typeof readReal> {
  const outfile = join(temporaryDirectory(), 'ldap.mjs');
  await build({
    stdin: { contents: entry, resolveDir: root, loader: 'ts' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    outfile,
    plugins: [withLdap],
  });
  return await import(outfile);
}

const method = { ldap: { url: 'ldap://me:secret@host', bind: 'cn=${username}', password: { file: './p' } } };
const written = { authenticate: { methods: [{ ...method, name: 'directory' }] }, authorize: { rules: [] } };

it('A new login method is known wherever methods are, by its folder and its two lines in the list', async () => {
  const real = await readWithLdap();

  const schema = JSON.stringify(real.configJsonSchema());
  expect(schema.includes('"Entries of a directory."')).toBe(true);
  expect(real.configReference()).toContain(
    'Each is one of users, jwt, certificate, http, anonymous and ldap;',
  );
  const none = real.Config.safeParse({ authenticate: { methods: [{}] } });
  expect(none.error?.issues[0]?.message).toContain('anonymous: or ldap:');
  const everyone = real.Config.safeParse({ authenticate: { methods: [{ ldap: { url: 'x', bind: '' } }] } });
  expect(everyone.error?.issues).toMatchObject([{ path: ['authenticate', 'methods', 0, 'ldap', 'bind'] }]);

  const config = real.Config.parse(written as never);
  const resolved = real.resolvePolicyFiles(config, (path) => path.replace('.', '/etc'));
  expect(resolved.authenticate?.methods[0]).toMatchObject({ ldap: { password: { file: '/etc/p' } } });
  expect([...real.policyWarnings(config)]).toEqual([
    expect.stringContaining('authenticate.methods[0].ldap.url holds a user name or a password'),
  ]);
  expect(real.ownFacts(config, [])).toMatchObject({
    admitsWithoutPassword: undefined,
    slowest: { what: 'authenticate.methods[0].ldap.timeout', timeout: 2000 },
  });

  const problems: string[] = [];
  const [opened] = await real.openMethods(config.authenticate?.methods ?? [], {} as never, problems);
  expect(problems).toEqual([]);
  expect(opened).toMatchObject({ name: 'directory', open: { warnings: ['is not there'] } });
  expect([...real.guaranteedBy(opened as never)]).toEqual(['username']);

  const parts = real.loginParts((name) =>
    readFileSync(
      join(root, name === 'ldap' ? 'test/fixtures/logins' : 'src/lookup', name, 'docs.md'),
      'utf8',
    ),
  );
  expect(parts['login-list']).toContain('- [ldap](#ldap): Entries of a directory.');
  expect(parts['login-methods']).toContain('\n### ldap\n\nAsks a directory.\n\n| option |');
  expect(parts['login-methods']).toContain(
    '| `timeout` | duration | `2s` | The longest wait. The default is 2s. |',
  );
  expect(parts.vouching).toContain(
    '| `ldap` | when `bind` has `${username}` | when `bind` has `${clientid}` |',
  );
});

/** For the types alone. */
async function readReal() {
  return {
    ...(await import('../../../src/config/json-schema.ts')),
    ...(await import('../../../src/config/reference.ts')),
    ...(await import('../../../src/config/schema.ts')),
    ...(await import('../../../src/config/policy-files.ts')),
    ...(await import('../../../src/emqx/own-facts.ts')),
    ...(await import('../../../src/lookup/methods/reference.ts')),
    ...(await import('../../../src/lookup/policy/methods.ts')),
    ...(await import('../../../src/lookup/policy/vouches-for.ts')),
    ...(await import('../../../src/lookup/policy/warnings.ts')),
  };
}
