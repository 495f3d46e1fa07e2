/**
 * Signatures of control flow: equal for nodes whose bodies compute the same, whatever numbers stand in their slots.
 */
import { type Body, bodiesOf, type Control, type ControlDescription } from '../../graph/control';
import type { NodeOf } from '../../graph/node';
import { type Signature, signatureOf } from '../../plan/signature';

/** The signature of a body as a graph. */
export const bodySignature = ({ outputs }: Pick<Body, 'outputs'>): Signature =>
  signatureOf({ outputs, updates: [] });

/** What a node computes, apart from its inputs. */
export function describeControl({ attributes: { control } }: NodeOf<'control'>): ControlDescription {
  const described = bodiesOf(control).map((body) => {
    const signature = bodySignature(body);
    // Leaves are numbered as they are met; this says which parameter each of them is.
    return { ...signature, key: `{${signature.key}@${leafParameters(signature, body).join()}}` };
  });
  return {
    key: `${settingsKey(control)}${described.map(({ key }) => key).join('')}`,
    slots: described.flatMap(({ slots }) => slots),
  };
}

/** For each leaf of a body's signature the place of its parameter. */
export const leafParameters = (
  { leaves }: Pick<Signature, 'leaves'>,
  { parameters }: Pick<Body, 'parameters'>,
): number[] =>
  leaves.map((leaf) =>
    parameters.findIndex(({ attributes }) => 'parameter' in leaf && attributes.index === leaf.parameter),
  );

function settingsKey(control: Control): string {
  switch (control.kind) {
    case 'loop':
      return `loop ${control.count} ${control.carries} ${control.scanned} ${control.reverse}`;
    case 'while':
      return `while ${control.carries}`;
    case 'branch':
      return 'branch';
  }
}
