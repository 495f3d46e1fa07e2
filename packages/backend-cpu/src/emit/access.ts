/**
 * Loads and stores of loop kernels: whole vectors where neighbouring lanes are neighbours in memory, lane by lane where
 * they are not, and under their guards.
 */
import type { Address, LoadInstruction, Store } from '@hadal/core/backend';
import { LaneMemoryOp, LaneOp, type Local, MemoryOp, Op } from '../wasm/index';
import { RESERVED_BYTES } from './convention';
import type { Frame, Mode } from './frame';
import {
  convertLoaded,
  ELEMENT_BYTES,
  type Element,
  elementOf,
  LANES,
  loadScalar,
  loadVector,
  storeScalar,
  storeVector,
} from './memory-access';
import { laneOf } from './operations';
import { rareCode } from './rare';
import { isWide, type Lane, pushLane, pushScalar, pushVector, type Value } from './value';

/** A place in a buffer. */
interface Place {
  readonly buffer: number;
  readonly address: Address;
}

export class Access {
  readonly #frame: Frame;
  readonly #stage: number;

  constructor(
    frame: Frame,
    stage: number,
    /** The axis of the lanes, if the stage has one. */
    readonly vectorAxis: number | undefined,
  ) {
    this.#frame = frame;
    this.#stage = stage;
  }

  /** Writes a load; the value is in a new local. */
  load(load: LoadInstruction, mode: Mode, copy: number): Value {
    const { code } = this.#frame;
    const element = this.#element(load.buffer);
    const type = laneOf(load.type);
    const guard = load.guard === undefined ? undefined : this.#frame.value(load.guard, copy);
    if (!this.#frame.isWide(load.to, mode)) {
      this.#guarded(guard, type, () => {
        loadScalar(code, element, type, this.#pushAddress(load, 0));
      });
      const local = code.local(type);
      code.set(local);
      return { kind: 'scalar', type, local };
    }
    const full = (): void => this.#loadLanes(load, element, type, copy);
    if (guard === undefined || !isWide(guard)) this.#guarded(guard, 'v128', full);
    else {
      const bytes = ELEMENT_BYTES[element] * this.#strideOf(load.address);
      rareCode('a guarded load').loadMasked(this.#frame, {
        guard,
        full,
        lane: (lanes, lane) =>
          this.#loadLane(element, lanes, lane, () =>
            this.#pushAddress(load, (LANES * copy + lane) * bytes, copy, lane),
          ),
        convert: () => convertLoaded(code, element, type),
      });
    }
    const local = code.local('v128');
    code.set(local);
    return { kind: 'vector', type, local };
  }

  /** Writes a store of the register's value. */
  store(place: Store, mode: Mode, copy: number): void {
    const { code } = this.#frame;
    const { buffer, address, value: register } = place;
    const element = this.#element(buffer);
    const value = this.#frame.value(register, copy);
    const stride = this.#strideOf(address);
    const index = this.#indexOf(address, copy);
    const isSpread = mode.lanes === 4 && (stride !== 0 || (index !== undefined && isWide(index)));
    if (!isSpread) {
      const immediate = this.#pushAddress(place, 0, copy);
      pushLane(code, value, LANES - 1);
      storeScalar(code, element, immediate);
      return;
    }
    const bytes = ELEMENT_BYTES[element];
    if (stride === 1 && (index === undefined || !isWide(index))) {
      const immediate = this.#pushAddress(place, LANES * copy * bytes, copy);
      pushVector(code, value);
      storeVector(code, element, immediate);
      return;
    }
    for (let lane = 0; lane < LANES; lane++) {
      const immediate = this.#pushAddress(place, (LANES * copy + lane) * stride * bytes, copy, lane);
      pushLane(code, value, lane);
      storeScalar(code, element, immediate);
    }
  }

  #element(buffer: number): Element {
    return elementOf(this.#frame.kernel.buffers[buffer]?.storage ?? 'f32');
  }

  /** Elements between neighbouring lanes, apart from a computed index. */
  #strideOf(address: Address): number {
    return address.terms.find(({ axis }) => axis === this.vectorAxis)?.stride ?? 0;
  }

  #indexOf(address: Address, copy: number): Value | undefined {
    return address.index === undefined ? undefined : this.#frame.value(address.index, copy);
  }

  /** Runs `body` where the guard is not 0 and pushes 0 elsewhere. */
  #guarded(guard: Value | undefined, type: Lane | 'v128', body: () => void): void {
    const { code } = this.#frame;
    if (guard === undefined) {
      body();
      return;
    }
    pushScalar(code, guard);
    const zero = (): void => {
      if (type === 'v128') code.i32x4(0);
      else if (type === 'f32') code.f32(0);
      else code.i32(0);
    };
    code.if(body, zero, type);
  }

  /** Pushes the address of one element; returns what is left to put into the instruction. */
  #pushAddress({ buffer, address }: Place, extraBytes: number, copy = 0, lane = 0): number {
    const { code, pointers } = this.#frame;
    const { local, distance, bytes } = pointers.at(this.#stage, buffer, address);
    code.get(local);
    const index = this.#indexOf(address, copy);
    if (index !== undefined) {
      pushLane(code, index, lane);
      if (bytes > 1) code.i32(Math.log2(bytes)).op(Op.i32_shl);
      code.op(Op.i32_add);
    }
    const total = distance + extraBytes;
    if (total >= 0 && total < RESERVED_BYTES) return total;
    code.i32(total).op(Op.i32_add);
    return 0;
  }

  /** Pushes four lanes, unguarded. */
  #loadLanes(place: Place, element: Element, type: Lane, copy: number): void {
    const { code } = this.#frame;
    const stride = this.#strideOf(place.address);
    const index = this.#indexOf(place.address, copy);
    const bytes = ELEMENT_BYTES[element];
    const isAffine = index === undefined || !isWide(index);
    if (isAffine && stride === 1) {
      loadVector(code, element, type, this.#pushAddress(place, LANES * copy * bytes, copy));
      return;
    }
    if (isAffine && stride === -1 && bytes === 4) {
      const first = -(LANES * copy + LANES - 1) * bytes;
      code.memory(MemoryOp.v128_load, this.#pushAddress(place, first, copy));
      code.scratch(['v128'], (lanes) => {
        code.tee(lanes).get(lanes).shuffle32([3, 2, 1, 0]);
      });
      convertLoaded(code, element, type);
      return;
    }
    code.scratch(['v128'], (lanes) => {
      for (let lane = 0; lane < LANES; lane++) {
        const push = (): number =>
          this.#pushAddress(place, (LANES * copy + lane) * stride * bytes, copy, lane);
        if (lane === 0) {
          if (element === 'u8') code.memory(MemoryOp.i32_load8_u, push()).op(Op.i32x4_splat);
          else code.memory(MemoryOp.v128_load32_zero, push());
        } else {
          this.#loadLane(element, lanes, lane, push);
        }
        code.set(lanes);
      }
      code.get(lanes);
    });
    convertLoaded(code, element, type);
  }

  /** Pushes `lanes` with one of them loaded. */
  #loadLane(element: Element, lanes: Local, lane: number, pushAddress: () => number): void {
    const { code } = this.#frame;
    if (element === 'u8') {
      code.get(lanes);
      code.memory(MemoryOp.i32_load8_u, pushAddress()).lane(LaneOp.i32x4_replace_lane, lane);
    } else {
      const immediate = pushAddress();
      code.get(lanes).memoryLane(LaneMemoryOp.v128_load32_lane, lane, immediate);
    }
  }
}
