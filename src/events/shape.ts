/** The compiled shape of a route: how an event is transformed for a sink. */
import type { ShapeOptions } from '../config/sections/shape.ts';
import { shapeVariables } from '../policy/text/shape-names.ts';
import { compileText, type TextTemplate } from '../policy/text/text-template.ts';
import type { DeliveryFormat } from '../sinks/delivery.ts';
import { compileSelection, type Select } from './select.ts';

export interface Shape {
  readonly format: DeliveryFormat;
  /** Nothing: all of the data. */
  readonly select: Select | undefined;
  /** Nothing: the client id. */
  readonly key: TextTemplate | undefined;
  /** Nothing: the sink's own. */
  readonly target: TextTemplate | undefined;
}

/** @throws TypeError when a template names an unknown value. */
export function compileShape({ format, pick, drop, key, target }: ShapeOptions): Shape {
  return {
    format,
    select: compileSelection({ pick, drop }),
    key: key === undefined ? undefined : compileText(key, shapeVariables),
    target: target === undefined ? undefined : compileText(target, shapeVariables),
  };
}

/** The whole event as CloudEvents JSON. */
export const plainShape: Shape = {
  format: 'structured',
  select: undefined,
  key: undefined,
  target: undefined,
};
