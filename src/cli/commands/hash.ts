import { printableJson } from '../../lib/printable.ts';
import {
  type HashForm,
  type HashPasswordOptions,
  hashForms,
  hashPassword,
} from '../../lookup/password/hash.ts';
import type { Terminal } from './terminal.ts';

/**
 * `exhook hash [form]`. Prints the hash: text, or JSON for forms with EMQX's fields. @returns the exit
 * status.
 */
export async function hashCommand(
  form: string,
  options: HashPasswordOptions,
  readPassword: () => Promise<string | undefined>,
  terminal: Terminal,
): Promise<number> {
  if (!(hashForms as readonly string[]).includes(form)) {
    terminal.err(`unknown form ${JSON.stringify(form.slice(0, 64))}; write one of: ${hashForms.join(', ')}`);
    return 2;
  }
  const password = await readPassword();
  if (password === undefined || password === '') {
    terminal.err('the password is empty: nothing was hashed');
    return 2;
  }
  try {
    const hash = await hashPassword(password, form as HashForm, options);
    terminal.out(typeof hash === 'string' ? hash : printableJson(JSON.stringify(hash)));
    return 0;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    terminal.err(error.message);
    return 2;
  }
}
