/** The generated types that the schemas are pinned to; the only door from the rest of the code to `gen/`. */
export type * as v3 from '../../../gen/emqx/exhook/v3/exhook_pb.ts';
