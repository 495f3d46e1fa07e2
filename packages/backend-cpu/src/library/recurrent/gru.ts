/**
 * Passes of gated recurrent units. A row holds the state, the gates z and r, the candidate, and what the gate r met (the
 * product of the candidate with its bias) or made (the gated state).
 */
import type { Expression } from '../../emit/index';
import type { Units } from './pass';

/** The state behind the gate z. */
function storeState({ e, load, store, unlessHeld }: Units, z: Expression, candidate: Expression): void {
  const old = load('before');
  const state = e.fma(z, e.sub(old, candidate), candidate);
  store('after', 0, unlessHeld(state, old));
  store('after', 3, candidate);
}

/** A step whose gate r meets the product of the state. */
export function runGruAfter(units: Units): void {
  const { e, load, store, sigmoid, tanh } = units;
  const met = (index: number) => e.keep(e.add(load('sums', index), load('bias', index)));
  const z = sigmoid(e.keep(e.add(load('projected', 0), met(0))));
  const r = sigmoid(e.keep(e.add(load('projected', 1), met(1))));
  const last = met(2);
  store('after', 1, z);
  store('after', 2, r);
  store('after', 4, last);
  storeState(units, z, tanh(e.fma(r, last, load('projected', 2))));
}

/** The gates of a step, and the state behind the gate r. */
export function gatesOfGruBefore({ e, load, store, sigmoid }: Units): void {
  const gate = (index: number) => sigmoid(e.keep(e.add(load('projected', index), load('sums', index))));
  const r = gate(1);
  store('after', 1, gate(0));
  store('after', 2, r);
  store('after', 4, e.mul(r, load('before')));
}

/** The candidate, whose product was made of the state behind the gate r. */
export function candidateOfGruBefore(units: Units): void {
  const { e, load, tanh } = units;
  const z = load('after', 1);
  storeState(units, z, tanh(e.add(load('projected', 2), load('sums'))));
}

/** Cotangents of the state that a step left, and of z and the candidate before their activations. */
function cotangents({ e, load }: Units): Record<'state' | 'update' | 'z' | 'candidate', Expression> {
  const one = e.f32(1);
  const state = e.keep(e.add(load('cotangent'), load('carry')));
  const [old, z, candidate] = [load('before'), load('after', 1), load('after', 3)];
  return {
    state,
    update: z,
    z: e.mul(e.mul(state, e.sub(old, candidate)), e.mul(z, e.sub(one, z))),
    candidate: e.keep(e.mul(e.mul(state, e.sub(one, z)), e.fnma(candidate, candidate, one))),
  };
}

export function differentiateGruAfter(units: Units): void {
  const { e, load, store, unlessHeld } = units;
  const zero = e.f32(0);
  const found = cotangents(units);
  const r = load('after', 2);
  const met = load('after', 4);
  store('columns', 0, unlessHeld(found.z, zero));
  const slope = e.mul(r, e.sub(e.f32(1), r));
  store('columns', 1, unlessHeld(e.mul(e.mul(found.candidate, met), slope), zero));
  store('columns', 2, unlessHeld(found.candidate, zero));
  store('columns', 3, unlessHeld(e.mul(found.candidate, r), zero));
  store('carry', 0, unlessHeld(e.mul(found.state, found.update), found.state));
}

/** What does not go through the gate r. */
export function differentiateGruBefore(units: Units): void {
  const { e, load, store, unlessHeld } = units;
  const zero = e.f32(0);
  const found = cotangents(units);
  store('columns', 0, unlessHeld(found.z, zero));
  store('columns', 2, unlessHeld(found.candidate, zero));
  store('columns', 3, load('after', 4));
  store('carry', 0, unlessHeld(e.mul(found.state, found.update), found.state));
}

/** What goes through the gate r, from the cotangents of the state behind it. */
export function differentiateGatedState({ e, load, store }: Units): void {
  const gated = load('sums');
  const r = load('after', 2);
  store('columns', 1, e.mul(e.mul(gated, load('before')), e.mul(r, e.sub(e.f32(1), r))));
  store('carry', 0, e.fma(gated, r, load('carry')));
}
