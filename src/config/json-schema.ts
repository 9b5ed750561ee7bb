/** The JSON Schema of the configuration file, for editors. */
import * as z from 'zod';
import { extensionPattern } from './extensions.ts';
import { Config } from './schema.ts';

/** Draft 7, which editors support for YAML. */
export function configJsonSchema(): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(Config, { io: 'input', target: 'draft-7' });
  return {
    $schema,
    $id: 'urn:exhook-edge:configuration',
    title: 'exhook-edge configuration',
    description:
      'The configuration file, named by exhook --config FILE or the environment variable EXHOOK_CONFIG.',
    ...rest,
    patternProperties: { [extensionPattern]: { description: 'Ignored. Use it for anchors.' } },
  };
}
