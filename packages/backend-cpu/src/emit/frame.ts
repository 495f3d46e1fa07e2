/**
 * What the parts of the kernel emitter share while a function is written: the plan, the pointers, and which locals hold
 * registers and axis indices right now.
 */
import type { LoopKernel } from '@hadal/core/backend';
import { known } from '../known';
import type { Code, Local } from '../wasm/index';
import type { KernelPlan } from './analysis';
import type { Operations } from './operations';
import type { Pointers } from './pointers';
import type { Value } from './value';

/** How a body is written: lanes of a vector (4, or 1 in tails), and how many vectors next to each other. */
export interface Mode {
  readonly lanes: 1 | 4;
  readonly copies: number;
}

/** One vector at a time. Code outside of the vector axis is written in this mode too; it simply has no lanes. */
export const ONE_VECTOR: Mode = { lanes: 4, copies: 1 };
export const ONE_ELEMENT: Mode = { lanes: 1, copies: 1 };

export class Frame {
  /** One value per register, or one per copy. */
  readonly #registers = new Map<number, readonly Value[]>();
  readonly #axes = new Map<number, Local>();
  #scopes: number[][] = [[]];

  constructor(
    readonly kernel: LoopKernel,
    readonly plan: KernelPlan,
    readonly code: Code,
    readonly operations: Operations,
    readonly pointers: Pointers,
  ) {}

  isWide(register: number, mode: Mode): boolean {
    return mode.lanes === 4 && this.plan.wide.has(register);
  }

  value(register: number, copy: number): Value {
    const values = this.#registers.get(register);
    return known(values?.[copy] ?? values?.[0], `register ${register}`);
  }

  /** Gives a register its values until the current scope ends; the list may still grow by further copies. */
  assign(register: number, values: readonly Value[]): void {
    this.#registers.set(register, values);
    this.#scopes.at(-1)?.push(register);
  }

  /** Registers assigned inside are forgotten afterwards, and their locals reused. */
  scope(body: () => void): void {
    this.#scopes.push([]);
    body();
    for (const register of this.#scopes.pop() ?? []) {
      for (const value of this.#registers.get(register) ?? []) this.operations.release(value);
      this.#registers.delete(register);
    }
  }

  axis(axis: number): Local {
    return known(this.#axes.get(axis), `axis ${axis}`);
  }

  /** A counter for `axis`, for the duration of `body`. */
  withAxis(axis: number, body: (counter: Local) => void): void {
    const counter = this.code.local('i32');
    this.#axes.set(axis, counter);
    body(counter);
    this.#axes.delete(axis);
    this.code.release(counter);
  }
}
