/** Writes 32-bit floats in ProtoJSON in their shortest decimal form. */
import {
  type DescField,
  type DescMessage,
  type JsonValue,
  type Registry,
  ScalarType,
} from '@bufbuild/protobuf';
import { shortFloat32 } from '../short-float.ts';

type JsonMap = { [key: string]: JsonValue };

interface FieldPlan {
  readonly keys: readonly string[];
  readonly shape: 'one' | 'list' | 'map';
  /** Undefined: it is a float itself. */
  readonly message: DescMessage | undefined;
}

export class FloatShortener {
  readonly #registry: Registry;
  readonly #plans = new Map<DescMessage, readonly FieldPlan[]>();

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  /** Changes the JSON in place. */
  message(message: DescMessage, json: JsonValue): void {
    if (!isMap(json)) return;
    if (message.typeName === 'google.protobuf.Any') this.#any(json);
    else for (const plan of this.#planOf(message)) for (const key of plan.keys) this.#field(plan, json, key);
  }

  #any(json: JsonMap): void {
    const { '@type': url } = json;
    const type = typeof url === 'string' ? url.slice(url.lastIndexOf('/') + 1) : '';
    const message = this.#registry.getMessage(type);
    if (message === undefined) return;
    // The type of a message with a special JSON form.
    if (message.typeName === FLOAT_VALUE) shortenAt(json, 'value');
    else if (isMap(json.value) && message.typeName === 'google.protobuf.Any')
      this.message(message, json.value);
    else this.message(message, json);
  }

  #field({ shape, message }: FieldPlan, json: JsonMap, key: string): void {
    if (!Object.hasOwn(json, key)) return;
    const value = json[key];
    if (shape === 'one' || typeof value !== 'object' || value === null) this.#value(message, json, key);
    else for (const inner of Object.keys(value)) this.#value(message, value as JsonMap, inner);
  }

  #value(message: DescMessage | undefined, holder: JsonMap, key: string): void {
    if (message === undefined) shortenAt(holder, key);
    else this.message(message, holder[key] as JsonValue);
  }

  #planOf(message: DescMessage): readonly FieldPlan[] {
    let plan = this.#plans.get(message);
    if (plan === undefined) {
      plan = message.fields.flatMap(planField);
      this.#plans.set(message, plan);
    }
    return plan;
  }
}

const FLOAT_VALUE = 'google.protobuf.FloatValue';

function planField(field: DescField): FieldPlan[] {
  const keys = [...new Set([field.jsonName, field.name])];
  const shape = field.fieldKind === 'list' ? 'list' : field.fieldKind === 'map' ? 'map' : 'one';
  if (field.scalar === ScalarType.FLOAT || field.message?.typeName === FLOAT_VALUE)
    return [{ keys, shape, message: undefined }];
  return field.message === undefined ? [] : [{ keys, shape, message: field.message }];
}

function shortenAt(holder: JsonMap, key: string): void {
  const value = holder[key];
  if (typeof value === 'number') holder[key] = shortFloat32(value);
}

function isMap(value: JsonValue | undefined): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
