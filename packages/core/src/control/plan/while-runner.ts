/**
 * Running a loop until its condition fails: the condition is computed and read back before every iteration.
 */
import type { WhileControl } from '../../graph/control';
import type { NodeOf } from '../../graph/node';
import type { Division, Place } from '../../plan/executable';
import { bodySignature } from './describe';
import { bindingOf, isTrue, perform, type Sink, type Steps, shifted } from './perform';
import { bodyMemory, bytesOn, planBody, Ranges, type Runner, type RunnerMemory } from './runner';
import { routed, slotLookup } from './slots';

/** @param offset where the slots of the bodies begin in the graph around the loop */
export function whileRunner(
  node: NodeOf<'control'>,
  { condition, body, carries }: WhileControl,
  division: Division,
  offset: number,
): Runner {
  const conditionSignature = bodySignature(condition);
  const bodyOffset = offset + conditionSignature.slots.length;
  const test = planBody(condition, division, slotLookup(conditionSignature, offset));
  const iteration = planBody(body, division, slotLookup(bodySignature(body), bodyOffset));
  const ranges = new Ranges(division);
  const own = ranges.take(Math.max(test.executable.arenaBytes, iteration.executable.arenaBytes));
  const flag = ranges.take(4);
  const flagBytes = bytesOn(division, { shape: [], dtype: 'bool' });
  const bytes = node.attributes.results.map((spec) => bytesOn(division, spec));
  const pairs = bytes.map((each) => [ranges.take(each), ranges.take(each)] as const);

  function* steps({ inputs, results, arena }: RunnerMemory, slots: readonly number[], sink: Sink): Steps {
    const inner = shifted(arena, own);
    const holds = shifted(arena, flag);
    const constants = inputs.slice(carries);
    const testSlots = routed(test.route, slots);
    const iterationSlots = routed(iteration.route, slots);
    let state = inputs.slice(0, carries);
    for (let step = 0; ; step++) {
      const values = [...state, ...constants];
      yield* perform(test.executable, bodyMemory(test, values, [holds], inner), testSlots, sink);
      if (!isTrue(yield bindingOf(holds, flagBytes))) break;
      const next = pairs.map((pair): Place => shifted(arena, pair[step % 2 === 0 ? 0 : 1]));
      yield* perform(iteration.executable, bodyMemory(iteration, values, next, inner), iterationSlots, sink);
      state = next;
    }
    results.forEach((result, index) => {
      if (result !== undefined) sink.copy(state[index] ?? arena, result, bytes[index] ?? 0);
    });
  }

  return {
    arenaBytes: ranges.bytes,
    bodies: [test.executable, iteration.executable],
    section: {
      title: 'while',
      arenaBytes: ranges.bytes,
      bodies: [
        { title: 'condition', executable: test.executable },
        { title: 'body', executable: iteration.executable },
      ],
    },
    steps,
  };
}
