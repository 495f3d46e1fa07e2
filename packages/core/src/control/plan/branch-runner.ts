/**
 * Running a choice: the predicate is read back, and the body it chooses writes the results.
 */
import type { Body, BranchControl } from '../../graph/control';
import type { NodeOf } from '../../graph/node';
import type { Division, Place } from '../../plan/executable';
import { bodySignature } from './describe';
import { bindingOf, isTrue, perform, type Sink, type Steps } from './perform';
import { bodyMemory, bytesOn, planBody, type Runner, type RunnerMemory } from './runner';
import { routed, slotLookup } from './slots';

/**
 * @param wanted results that are read; the others are not computed
 * @param offset where the slots of the bodies begin in the graph around the choice
 */
export function branchRunner(
  node: NodeOf<'control'>,
  { whenTrue, whenFalse }: BranchControl,
  wanted: ReadonlySet<number>,
  division: Division,
  offset: number,
): Runner {
  const indices = node.attributes.results.flatMap((_, index) => (wanted.has(index) ? [index] : []));
  const trueSignature = bodySignature(whenTrue);
  const reduced = ({ parameters, outputs }: Body): Body => ({
    parameters,
    outputs: indices.flatMap((index) => outputs[index] ?? []),
  });
  const yes = planBody(reduced(whenTrue), division, slotLookup(trueSignature, offset));
  const no = planBody(
    reduced(whenFalse),
    division,
    slotLookup(bodySignature(whenFalse), offset + trueSignature.slots.length),
  );
  const flagBytes = bytesOn(division, { shape: [], dtype: 'bool' });

  function* steps({ inputs, results, arena }: RunnerMemory, slots: readonly number[], sink: Sink): Steps {
    const [predicate = arena, ...operands] = inputs;
    const chosen = isTrue(yield bindingOf(predicate, flagBytes)) ? yes : no;
    const targets = indices.map((index): Place => results[index] ?? arena);
    yield* perform(
      chosen.executable,
      bodyMemory(chosen, operands, targets, arena),
      routed(chosen.route, slots),
      sink,
    );
  }

  const arenaBytes = Math.max(yes.executable.arenaBytes, no.executable.arenaBytes);
  return {
    arenaBytes,
    bodies: [yes.executable, no.executable],
    section: {
      title: 'branch',
      arenaBytes,
      bodies: [
        { title: 'when true', executable: yes.executable },
        { title: 'when false', executable: no.executable },
      ],
    },
    steps,
  };
}
