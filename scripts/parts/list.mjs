// The parts of the built program; src/parts.ts explains them.

/**
 * @typedef {object} Part
 * @property {string} name of the file to write, beside the chunks
 * @property {readonly string[]} inputs source files: the part has the chunks that contain them, and everything these
 *   import before they run. What an earlier part has stays there.
 * @property {readonly string[]} [needs] parts that it runs after the port has opened: they are read with it. Default:
 * none.
 */

import { existsSync, readdirSync } from 'node:fs';

export const DIRECTORY = 'dist/chunks';
export const LOADER = `${DIRECTORY}/parts.cjs`;

/** @type {readonly Part[]} an earlier part takes what several need */
export const PARTS = [
  // Every start, and the library, because custom hooks import it.
  { name: 'start', inputs: ['src/app/main.ts', 'src/index.ts'], needs: ['protobuf', 'connect'] },
  { name: 'protobuf', inputs: ['src/protocol/wire/descriptors.ts'] },
  { name: 'connect', inputs: ['src/transport/connect-adapter.ts'] },
  { name: 'yaml', inputs: ['src/config/yaml.ts'] },
  {
    name: 'policies',
    inputs: [
      'src/lookup/open-policy.ts',
      'src/lookup/grants/open.ts',
      'src/lookup/users/shared.ts',
      ...loginMethods().map((name) => `src/lookup/${name}/open.ts`),
    ],
  },
];

/** The folders of login methods, by their declarations. */
function loginMethods() {
  return readdirSync('src/lookup').filter((name) => existsSync(`src/lookup/${name}/declaration.ts`));
}
