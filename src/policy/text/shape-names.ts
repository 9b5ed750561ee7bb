/** The placeholders of keys and targets. */
export const shapeVariables = [
  'clientid',
  'username',
  'topic',
  'hook',
  'type',
  'subject',
  'node',
  'id',
] as const;

export type ShapeVariable = (typeof shapeVariables)[number];
