/**
 * The table of operations is complete: every function that `@hadal/core` exports is an operation with a row of samples,
 * golden values and error cases, or stands below among those that are no operations on tensors.
 */
import * as hadal from '@hadal/core';
import { describe, expect, it } from 'vitest';
import { FAMILIES, operationOf } from '../src/index';

/** Devices, compilation, variables, transforms of functions, dtypes, contracts with other packages. */
const NOT_OPERATIONS = new Set(
  `ConfigReader Device Generator Tensor Variable ArgumentError AxisError DTypeError DataError DeviceError
   HadalError NumericError ShapeError TraceError canonicalName checkpoint compile createDevice
   customGradient customOp defaultGenerator describeJson drawMemoryTimeline drawPlan drawProgram
   explainPlan explainProgram formatProfile getDevice grad gradients hessian hostArray hostArrayOver
   hostValues hvp interpreter isBlobName isFloat isInteger isJsonObject isTensor jacobian jvp limitsOf
   linearize memoryTimeline packVariables profile promote realize requireSerialized scope scopedGenerator
   setDebug setDevice setSeed suggestName valueAndGrad variable vjp vmap withProductDType withScope withSeed`.split(
    /\s+/,
  ),
);

/** Other names of operations, which have their row under the first name. */
const ALIASES: Readonly<Record<string, string>> = {
  take: 'gather',
  permute: 'transpose',
  swish: 'silu',
  hardSilu: 'hardSwish',
  clipByValue: 'clip',
  remainder: 'mod',
};

/** Random numbers and what is read asynchronously are held against distributions and definitions by checks. */
const checked = new Set(FAMILIES.flatMap(({ checks = [] }) => checks.map(({ operation }) => operation)));
const sampled = new Set(FAMILIES.flatMap(({ samples }) => samples.map(({ operation }) => operation)));
const golden = new Map<string, number>();
for (const entry of FAMILIES.flatMap(({ goldens }) => Object.keys(goldens))) {
  golden.set(operationOf(entry), (golden.get(operationOf(entry)) ?? 0) + 1);
}
const refused = new Set(FAMILIES.flatMap(({ errors }) => errors.map(({ operation }) => operation)));

const exported: Readonly<Record<string, unknown>> = { ...hadal };
const functions = Object.keys(exported).filter((name) => typeof exported[name] === 'function');
const operations = functions.filter((name) => !NOT_OPERATIONS.has(name) && !(name in ALIASES));

describe('the table of operations', () => {
  it('has a row for everything that is exported', () => {
    expect(operations.filter((name) => !sampled.has(name) && !checked.has(name))).toEqual([]);
  });

  it('has golden values of every operation, at two shapes or dtypes at least', () => {
    const few = operations.filter((name) => (golden.get(name) ?? 0) < 2 && !checked.has(name));
    expect(few).toEqual([]);
  });

  it('has an error case of every operation', () => {
    expect(operations.filter((name) => !refused.has(name))).toEqual([]);
  });

  it('has no row of what is not exported', () => {
    const rows = [...sampled, ...checked, ...golden.keys(), ...refused];
    expect([...new Set(rows)].filter((name) => !(name in exported))).toEqual([]);
  });

  it('knows every export that is no operation', () => {
    expect([...NOT_OPERATIONS, ...Object.keys(ALIASES)].filter((name) => !(name in exported))).toEqual([]);
    expect(Object.values(ALIASES).filter((name) => !operations.includes(name))).toEqual([]);
  });

  it('has at least 280 operations', () => {
    console.log(`${operations.length} operations, ${Object.keys(ALIASES).length} other names`);
    expect(operations.length).toBeGreaterThanOrEqual(280);
  });
});
