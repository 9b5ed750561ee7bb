/** Everything that reads what others have written. */
import type { OpenTarget, Target } from './target.ts';
import { acl } from './targets/acl.ts';
import { cidr } from './targets/cidr.ts';
import { codecs } from './targets/codecs.ts';
import { conditions } from './targets/conditions.ts';
import { configText, configValues } from './targets/config.ts';
import { hpack } from './targets/hpack.ts';
import { http2 } from './targets/http2.ts';
import { messages } from './targets/messages.ts';
import { recording } from './targets/recording.ts';
import { schemas } from './targets/schemas.ts';
import { templates } from './targets/templates.ts';
import { topics } from './targets/topics.ts';
import { users } from './targets/users.ts';
import { wire } from './targets/wire.ts';

const all: readonly OpenTarget[] = [
  ...[wire, recording, configText, configValues, topics, acl, templates, cidr, users, codecs, conditions],
  ...[messages, schemas, hpack, http2],
];

export async function openTargets(): Promise<Target[]> {
  return await Promise.all(all.map((open) => open()));
}
