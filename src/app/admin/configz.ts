import { prettyJson } from '../../lib/pretty-json.ts';
import { inSlices } from '../../lib/slices.ts';
import { jsonTextAnswer, type Page, textAnswer } from './page.ts';

/** Shows the configuration in force, from file, environment and flags, with defaults and without secrets. */
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
