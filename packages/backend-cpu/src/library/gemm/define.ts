/** Declares functions whose int32 parameters go by name, and small pieces that several emitters write. */
import type { Epilogue } from '@hadal/core/backend';
import type { Callable, Code, Local, ModuleBuilder, ValueType } from '../../wasm/index';

/** Parameters that every function leading to the sink passes on: side inputs, outputs, scalars. */
const epilogueParameters = (epilogue: Epilogue): ValueType[] => [
  ...epilogue.sideInputs.map(() => 'i32' as const),
  ...epilogue.outputs.map(() => 'i32' as const),
  ...epilogue.scalars,
];

export interface Definition<Name extends string> extends Callable {
  readonly code: Code;
  readonly named: Readonly<Record<Name, Local>>;
  /** The parameters of the epilogue: addresses of side inputs and of outputs, then scalars. */
  readonly extra: readonly Local[];
}

/** Declares a function with the named int32 parameters, followed by those of the epilogue. */
export function define<const Name extends string>(
  module: ModuleBuilder,
  names: readonly Name[],
  options: { readonly exportAs?: string; readonly epilogue?: Epilogue } = {},
): Definition<Name> {
  const { exportAs, epilogue } = options;
  const { index, code } = module.function({
    parameters: [
      ...names.map(() => 'i32' as const),
      ...(epilogue === undefined ? [] : epilogueParameters(epilogue)),
    ],
    ...(exportAs === undefined ? {} : { exportAs }),
  });
  const named = Object.fromEntries(names.map((name, i) => [name, code.parameter(i)])) as Record<Name, Local>;
  return { index, code, named, extra: code.parameters.slice(names.length) };
}

/** `pointer += by`. */
export function advance(code: Code, pointer: Local, by: Local | number): void {
  code.get(pointer);
  if (typeof by === 'number') code.i32(by);
  else code.get(by);
  code.op('i32.add').set(pointer);
}

/** Pushes the smaller of `total - position` and `most`. */
export function remaining(code: Code, total: Local, position: Local, most: number): void {
  code.scratch(['i32'], (left) => {
    code.get(total).get(position).op('i32.sub').tee(left).i32(most);
    code.get(left).i32(most).op('i32.lt_s').op('select');
  });
}
