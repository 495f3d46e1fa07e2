/**
 * Mutants of views and memory: addresses and guards that are nearly right, and programs that are nearly run.
 */
import type { Address, Dispatch, LoopKernel } from '@hadal/core/backend';
import type { Mutant } from './mutant';
import { rewriteInstructions, rewriteLoads, rewriteStores } from './rewrite';

const loads = (name: string, change: (address: Address) => Address): Mutant => ({
  name,
  mutate: (kernel) => rewriteLoads(kernel, change),
});

/** Exchanges the strides of two axes, as a forgotten transposition does. */
function exchanged(address: Address): Address {
  const [first, second, ...rest] = address.terms;
  if (first === undefined || second === undefined) return address;
  return {
    ...address,
    terms: [{ ...first, stride: second.stride }, { ...second, stride: first.stride }, ...rest],
  };
}

const addresses: readonly Mutant[] = [
  loads('slices begin at the start', (address) => ({ ...address, offset: 0 })),
  loads('transposed tensors are read as they lie', exchanged),
  loads('flipped tensors are read forwards', (address) => ({
    ...address,
    offset: address.terms.some(({ stride }) => stride < 0) ? 0 : address.offset,
    terms: address.terms.map(({ axis, stride }) => ({ axis, stride: Math.abs(stride) })),
  })),
  loads('steps are ignored', (address) => ({
    ...address,
    terms: address.terms.map(({ axis, stride }, at) => ({
      axis,
      stride: at === address.terms.length - 1 && Math.abs(stride) > 1 ? Math.sign(stride) : stride,
    })),
  })),
  loads('repeated axes are walked along', (address) => {
    const [last] = address.terms.slice(-1);
    if (address.terms.length !== 1 || last === undefined || last.axis === 0) return address;
    return { ...address, terms: [{ axis: 0, stride: 1 }, last] };
  }),
  loads('computed indices are off by one', (address) =>
    address.index === undefined
      ? address
      : { ...address, offset: typeof address.offset === 'number' ? address.offset + 1 : 1 },
  ),
  {
    name: 'results land at the start of their buffer',
    mutate: (kernel) => rewriteStores(kernel, (address) => ({ ...address, offset: 0 })),
  },
  {
    name: 'results land transposed',
    mutate: (kernel) => rewriteStores(kernel, exchanged),
  },
];

/** Shifts what is read by one element wherever it does not begin at the start of its buffer. */
const early: Mutant = {
  name: 'slices begin one element early',
  mutate: (kernel) =>
    rewriteInstructions(kernel, (instruction, emit) => {
      if (instruction.op !== 'load') return false;
      const { offset, index } = instruction.address;
      const begin =
        typeof offset === 'number'
          ? emit.constant('i32', offset)
          : emit.push({ op: 'integer', to: emit.register, type: 'i32', argument: offset.argument });
      const isInside = emit.compare('ne', 'i32', [begin, emit.constant('i32', 0)]);
      const shift = emit.select('i32', isInside, emit.constant('i32', -1), emit.constant('i32', 0));
      const shifted = index === undefined ? shift : emit.apply('add', 'i32', [index, shift]);
      emit.push({ ...instruction, address: { ...instruction.address, index: shifted } });
      return true;
    }),
};

const guards: readonly Mutant[] = [
  {
    name: 'guards never let anything through',
    mutate: (kernel) =>
      rewriteInstructions(kernel, (instruction, emit) => {
        if (instruction.op !== 'load' || instruction.guard === undefined) return false;
        emit.push({ ...instruction, guard: emit.constant('i32', 0) });
        return true;
      }),
  },
  {
    name: 'guards are not looked at',
    mutate: (kernel) =>
      rewriteInstructions(kernel, (instruction, emit) => {
        if (instruction.op !== 'load' || instruction.guard === undefined) return false;
        const { guard: _, ...open } = instruction;
        emit.push(open);
        return true;
      }),
  },
  {
    name: 'bytes lose their highest bit',
    mutate: (kernel) =>
      rewriteInstructions(kernel, (instruction, emit) => {
        if (instruction.op !== 'load' || kernel.buffers[instruction.buffer]?.storage !== 'u8') return false;
        const right = emit.push({ ...instruction, to: emit.register });
        emit.apply('and', 'i32', [right, emit.constant('i32', 0x7f)], instruction.to);
        return true;
      }),
  },
];

const stages: readonly Mutant[] = [
  {
    name: 'the last result of a kernel is not stored',
    mutate: (kernel: LoopKernel) => {
      const last = kernel.stages.flatMap(({ stores }) => stores).at(-1);
      const isOnly = kernel.stages.flatMap(({ stores }) => stores).length === 1;
      return isOnly
        ? kernel
        : {
            ...kernel,
            stages: kernel.stages.map((stage) => ({
              ...stage,
              stores: stage.stores.filter((store) => store !== last),
            })),
          };
    },
  },
];

/** Programs that are run wrongly. The bookkeeping lives as long as one backend. */
const programs: readonly Mutant[] = [
  { name: 'the last dispatch of a program is lost', run: () => (program) => program.slice(0, -1) },
  { name: 'programs run backwards', run: () => (program) => [...program].reverse() },
  {
    name: 'scalar arguments stay what they were first',
    run: () => {
      const seen = new WeakMap<object, readonly number[]>();
      return (program) => program.map((dispatch) => stale(dispatch, 'scalars', seen));
    },
  },
  {
    name: 'integer arguments stay what they were first',
    run: () => {
      const seen = new WeakMap<object, readonly number[]>();
      return (program) => program.map((dispatch) => stale(dispatch, 'integers', seen));
    },
  },
];

function stale(
  dispatch: Dispatch,
  which: 'scalars' | 'integers',
  seen: WeakMap<object, readonly number[]>,
): Dispatch {
  if (dispatch.kind !== 'kernel') return dispatch;
  const first = seen.get(dispatch.exec) ?? [...dispatch[which]];
  seen.set(dispatch.exec, first);
  return { ...dispatch, [which]: first };
}

export const viewMutants: readonly Mutant[] = [...addresses, early, ...guards, ...stages, ...programs];
