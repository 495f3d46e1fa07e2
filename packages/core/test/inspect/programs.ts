/** Programs that the tests of this folder look at. */
import { HostileBackend, PlainBackend } from '@hadal/testkit';
import {
  compile,
  cond,
  createDevice,
  type Device,
  ones,
  type Program,
  scan,
  softmax,
  type Tensor,
  whileLoop,
  withScope,
} from '../../src/index';

export const DEVICES: readonly (readonly [string, () => Device])[] = [
  ['the plain backend', () => createDevice(new PlainBackend())],
  ['the hostile backend', () => createDevice(new HostileBackend())],
];

/** A dense layer and a softmax. */
export const dense = compile(
  (x: Tensor, w: Tensor) => withScope('layer "dense_1"', () => softmax(x.matmul(w).relu())),
  { name: 'dense' },
);

export const denseProgram = (device: Device): Promise<Program> =>
  dense.program(ones([8, 16], { device }), ones([16, 4], { device }));

/** A loop of 5 iterations, one of unknown number and a choice, with work before, between and after. */
export const looping = compile(
  (xs: Tensor, w: Tensor) => {
    const [last, sums] = scan((h: Tensor, x: Tensor) => [h.matmul(w).add(x).tanh(), h.sum()], w.mul(2), xs);
    const grown = whileLoop(
      (x: Tensor) => x.sum().less(1e4),
      (x: Tensor) => x.mul(2),
      last.abs().add(1),
    );
    return [
      cond(
        last.sum().greater(0),
        () => grown.mul(3),
        () => last,
      ),
      sums.sum(),
    ];
  },
  { name: 'looping' },
);

export const loopingArguments = (device: Device): [Tensor, Tensor] => [
  ones([5, 4, 4], { device }),
  ones([4, 4], { device }),
];
