/** The configuration file as JSON Schema, for editors. */
import * as z from 'zod';
import { extensionPattern } from './extensions.ts';
import { Config } from './schema.ts';

/** Draft 7, which is what editors read for YAML. */
export function configJsonSchema(): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(Config, { io: 'input', target: 'draft-7' });
  return {
    $schema,
    $id: 'urn:exhook-edge:configuration',
    title: 'exhook-edge configuration',
    description: 'The file that exhook --config FILE, or the environment variable EXHOOK_CONFIG, names.',
    ...rest,
    patternProperties: { [extensionPattern]: { description: 'Your own: a place for anchors. Not read.' } },
  };
}
