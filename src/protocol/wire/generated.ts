/** The generated types that the schemas are pinned to. The only import of `gen/` for the rest of the code. */
export type * as v3 from '../../../gen/emqx/exhook/v3/exhook_pb.ts';
