import { describe, expect, it } from 'vitest';
import { serveHelp } from '../../../src/cli/commands/serve-help.ts';
import { keys } from '../../../src/config/keys.ts';

const lines = serveHelp().split('\n');
const below = (flag: string) => lines[lines.findIndex((line) => line.startsWith(`  ${flag}`)) + 1];

describe('the help of exhook serve', () => {
  it.each(keys.filter(({ flags }) => flags.length > 0))(
    'has every flag of $name, with a sentence',
    ({ flags }) => {
      for (const flag of flags) {
        const index = lines.findIndex((line) =>
          new RegExp(`^ {2}.*--(\\[no-\\])?${flag}(?![\\w-])`).test(line),
        );
        expect(index).toBeGreaterThan(0);
        expect(lines[index + 1]).toMatch(/^ {6}\S.*\.$/);
      }
    },
  );

  it('lists the flags that are not configuration keys', () => {
    expect(below('--config <file>')).toMatch(/EXHOOK_CONFIG/);
    expect(below('--record <file>')).toMatch(/passwords replaced/);
  });

  it('says what takes a value, a list or none, and the default', () => {
    expect(lines).toContain('  --port, --listen-port <value>');
    expect(lines).toContain('  --[no-]listen-connect');
    expect(lines).toContain('  --hooks-register <a,b,...>');
    expect(below('--port')).toMatch(/Default: 9000\.$/);
    expect(below('--limits-message-bytes')).toMatch(/Default: 16MiB\.$/);
  });
});
