/** Plans the types of an Avro schema. */
import type { Type, types } from 'avsc';
import { arrayPlan, mapPlan, recordPlan } from './containers.ts';
import type { AvroPlan, Planner, PlanOptions } from './plan.ts';
import { bytesPlan, enumPlan, fixedPlan, scalarPlans } from './scalars.ts';
import { unionPlan } from './union.ts';

export function planAvro(type: Type, options: PlanOptions): AvroPlan {
  const plans = new Map<Type, AvroPlan>();
  const planner: Planner = (inner) => {
    let plan = plans.get(inner);
    return () => {
      plan ??= plans.get(inner);
      if (plan === undefined) {
        plan = planType(inner, options, planner);
        plans.set(inner, plan);
      }
      return plan;
    };
  };
  return planner(type)();
}

function planType(type: Type, options: PlanOptions, planner: Planner): AvroPlan {
  const name = type.typeName.replace(/^abstract:/, '');
  switch (name) {
    case 'bytes':
      return bytesPlan;
    case 'fixed':
      return fixedPlan((type as types.FixedType).size);
    case 'enum':
      return enumPlan((type as types.EnumType).symbols);
    case 'array':
      return arrayPlan(planner((type as types.ArrayType).itemsType));
    case 'map':
      return mapPlan(planner((type as types.MapType).valuesType as Type));
    case 'record':
    case 'error':
      return recordPlan(type as types.RecordType, options, planner);
    case 'union:wrapped':
      return unionPlan((type as types.WrappedUnionType).types, options, planner);
    default: {
      const plan = scalarPlans[name];
      if (plan === undefined) throw new TypeError(`the Avro type "${name}" is not supported`);
      return plan;
    }
  }
}
