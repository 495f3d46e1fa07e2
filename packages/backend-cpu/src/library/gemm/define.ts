/** Declares functions of int32 parameters, and small pieces that several emitters write. */
import type { Epilogue } from '@hadal/core/backend';
import {
  type Callable,
  type Code,
  type Local,
  type ModuleBuilder,
  Op,
  type ValueType,
} from '../../wasm/index';

/** Parameters that every function leading to the sink passes on: side inputs, outputs, scalars. */
const epilogueParameters = (epilogue: Epilogue): ValueType[] => [
  ...epilogue.sideInputs.map(() => 'i32' as const),
  ...epilogue.outputs.map(() => 'i32' as const),
  ...epilogue.scalars,
];

/** N locals. */
type Locals<N extends number, Found extends Local[] = []> = Found['length'] extends N
  ? Found
  : Locals<N, [...Found, Local]>;

export interface Definition<N extends number> extends Callable {
  readonly code: Code;
  readonly parameters: Locals<N>;
  /** The parameters of the epilogue: addresses of side inputs and of outputs, then scalars. */
  readonly extra: readonly Local[];
}

/** Declares a function with `count` int32 parameters, followed by those of the epilogue. */
export function define<const N extends number>(
  module: ModuleBuilder,
  count: N,
  { exportAs, epilogue }: { readonly exportAs?: string; readonly epilogue?: Epilogue } = {},
): Definition<N> {
  const integers = new Array<ValueType>(count).fill('i32');
  const { index, code } = module.function({
    parameters: [...integers, ...(epilogue === undefined ? [] : epilogueParameters(epilogue))],
    exportAs,
  });
  const parameters = code.parameters.slice(0, count) as Locals<N>;
  return { index, code, parameters, extra: code.parameters.slice(count) };
}

/** `pointer += by`. */
export function advance(code: Code, pointer: Local, by: Local | number): void {
  code.get(pointer);
  if (typeof by === 'number') code.i32(by);
  else code.get(by);
  code.op(Op.i32_add).set(pointer);
}

/** Pushes the smaller of `total - position` and `most`. */
export function remaining(code: Code, total: Local, position: Local, most: number): void {
  code.scratch(['i32'], (left) => {
    code.get(total).get(position).op(Op.i32_sub).tee(left).i32(most);
    code.get(left).i32(most).op(Op.i32_lt_s).op(Op.select);
  });
}
