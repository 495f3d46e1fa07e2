/** Passes of a long short-term memory. A row holds hidden and cell state and the gates i, f, g, o. */
import type { Units } from './pass';

/** From the sums of a step to the row that it leaves. */
export function runLstm({ e, load, store, unlessHeld, sigmoid, tanh }: Units): void {
  const gate = (index: number) => e.keep(e.add(load('projected', index), load('sums', index)));
  const input = sigmoid(gate(0));
  const forget = sigmoid(gate(1));
  const candidate = tanh(gate(2));
  const output = sigmoid(gate(3));
  const old = load('before', 1);
  const cell = e.keep(e.fma(forget, old, e.mul(input, candidate)));
  const hidden = e.mul(output, tanh(cell));
  store('after', 0, unlessHeld(hidden, load('before', 0)));
  store('after', 1, unlessHeld(cell, old));
  for (const [index, value] of [input, forget, candidate, output].entries()) store('after', 2 + index, value);
}

/** From the cotangents of the states that a step left to those of its gates. */
export function differentiateLstm({ e, load, store, unlessHeld, tanh }: Units): void {
  const one = e.f32(1);
  const hidden = e.keep(e.add(load('cotangent'), load('carry')));
  const later = load('cells');
  const [input, forget, candidate, output] = [
    load('after', 2),
    load('after', 3),
    load('after', 4),
    load('after', 5),
  ];
  const squashed = tanh(load('after', 1));
  const old = load('before', 1);
  const throughOutput = e.mul(e.mul(hidden, output), e.fnma(squashed, squashed, one));
  const cell = e.keep(e.add(later, throughOutput));
  const columns = [
    e.mul(e.mul(cell, candidate), e.mul(input, e.sub(one, input))),
    e.mul(e.mul(cell, old), e.mul(forget, e.sub(one, forget))),
    e.mul(e.mul(cell, input), e.fnma(candidate, candidate, one)),
    e.mul(e.mul(hidden, squashed), e.mul(output, e.sub(one, output))),
  ];
  for (const [index, value] of columns.entries()) store('columns', index, unlessHeld(value, e.f32(0)));
  store('carry', 0, unlessHeld(e.f32(0), hidden));
  store('cells', 0, unlessHeld(e.mul(cell, forget), later));
}
