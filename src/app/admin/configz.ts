import { prettyJson } from '../../lib/pretty-json.ts';
import { inSlices } from '../../lib/slices.ts';
import { jsonTextAnswer, type Page, textAnswer } from './page.ts';

/** The configuration in force: file, environment and flags together, with defaults, without secrets. */
export const configz: Page = {
  path: '/configz',
  isOpen: false,
  async answer(source) {
    const config = await source.config();
    return config === undefined
      ? textAnswer(503, 'no worker answers')
      : jsonTextAnswer(await inSlices(prettyJson(config)));
  },
};
