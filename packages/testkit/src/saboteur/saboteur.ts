/**
 * The saboteur: a good backend with exactly one thing broken. A conformance suite is worth what it catches, so a test
 * runs the suite on every mutant and expects it to fail.
 */
import {
  type Caps,
  type Dispatch,
  type Exec,
  type LibraryCall,
  type LoopKernel,
  validateKernel,
} from '@hadal/core/backend';
import { PlainBackend } from '../backends/plain';
import type { Mutant } from './mutant';
import { reduceMutants } from './reduce-mutants';
import { scalarMutants } from './scalar-mutants';
import { viewMutants } from './view-mutants';

/** Everything that the saboteur knows how to break. */
export const MUTANTS: readonly Mutant[] = [...scalarMutants, ...reduceMutants, ...viewMutants];

export interface SaboteurOptions {
  /**
   * Whether the backend has the optional scalar operations, and float64. Without, core writes them with the required
   * ones, whose precision is that of float32.
   */
  readonly hasOptionalOperations?: boolean;
}

/** The plain backend with one mutant at work. */
export class Saboteur extends PlainBackend {
  override readonly name: string;
  override readonly caps: Caps;
  readonly #mutant: Mutant;
  readonly #distort: ((program: readonly Dispatch[]) => readonly Dispatch[]) | undefined;

  constructor(mutant: Mutant, { hasOptionalOperations = true }: SaboteurOptions = {}) {
    super();
    this.#mutant = mutant;
    this.#distort = mutant.run?.();
    this.name = `saboteur (${mutant.name})`;
    const { caps } = new PlainBackend();
    this.caps = hasOptionalOperations ? caps : { ...caps, scalarOps: [], storages: ['f32', 'i32', 'u8'] };
  }

  override prepare(kernel: LoopKernel | LibraryCall): Exec | Promise<Exec> {
    if (kernel.kind === 'library' || this.#mutant.mutate === undefined) return super.prepare(kernel);
    const broken = this.#mutant.mutate(kernel);
    // A mutant computes something wrong, but it is well-formed: no printer could tell.
    validateKernel(broken);
    return super.prepare(broken);
  }

  override run(program: readonly Dispatch[]): void {
    super.run(this.#distort === undefined ? program : this.#distort(program));
  }
}
