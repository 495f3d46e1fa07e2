/** What a batch that goes through a model says: which units are silent, and how large gradients are. */
import type { Tensor } from '@hadal/core';
import { ArgumentError, abs, gradients, max, mean, min, sqrt, square } from '@hadal/core';
import { isTensor } from '../layer/arrangement';
import { collectingContext } from '../layer/context';
import type { AnyLayer } from '../layer/layer';
import type { Model } from '../model/model';
import { upload } from '../model/predict';
import type { ArrayInput } from '../training/arrays';
import { checkBatch, readSamples } from '../training/data';
import { type Finding, figure } from './finding';

/** A layer of which so many units are silent has lost something. */
const DEAD_PART = 0.25;
/** Root mean square of gradients above which an ordinary step throws weights far away. */
const HUGE_GRADIENT = 100;
/** Gradients of first layers that are so much smaller than those of the last do not train them. */
const TINY_RATIO = 1e-4;

/** @returns the worst first */
export async function findingsOfModel(
  model: Model,
  x: ArrayInput | undefined,
  y: ArrayInput | undefined,
): Promise<readonly Finding[]> {
  const compiled = model.training?.compiled;
  if (x === undefined || y === undefined || compiled === undefined) {
    throw new ArgumentError(
      'diagnose',
      compiled === undefined ? 'the model is not compiled.' : 'a model comes without a batch.',
      'Compile the model and write diagnose(model, x, y), or diagnose(history).',
    );
  }
  const samples = await readSamples('diagnose', model.structure, x, y);
  const batch = checkBatch('diagnose', samples, {
    form: model.structure,
    outputs: compiled.outputs,
    outputShapes: model.outputShapes ?? [],
  });
  const seen: (readonly [AnyLayer, Tensor])[] = [];
  const context = {
    ...collectingContext(false),
    observe: (layer: AnyLayer, outputs: unknown) => {
      if (isTensor(outputs) && layer.children.length === 0) seen.push([layer, outputs]);
    },
  };
  const outputs = model.structure.call(batch.x.map(upload), context);
  const losses = compiled.outputs.flatMap(({ loss, lossWeight }, index) => {
    const [target, output] = [batch.y[index], outputs[index]];
    return loss === undefined || target === undefined || output === undefined
      ? []
      : [loss.apply(upload(target), output).mul(lossWeight)];
  });
  const loss = losses.reduce((sum, each) => sum.add(each));
  return [...(await ofGradients(model, loss)), ...(await ofUnits(seen))];
}

async function ofGradients(model: Model, loss: Tensor): Promise<Finding[]> {
  const variables = model.trainableWeights;
  const sizes: { readonly name: string; readonly size: number }[] = [];
  for (const [index, gradient] of gradients(loss, variables).entries()) {
    const name = variables[index]?.name ?? '';
    // Biases say nothing of what reaches the layers before.
    if (gradient.rank < 2) continue;
    sizes.push({ name, size: await sqrt(mean(square(gradient))).item() });
  }
  const huge = sizes.find(({ size }) => !(size <= HUGE_GRADIENT));
  if (huge !== undefined) {
    return [
      {
        kind: 'explodingGradients',
        where: huge.name,
        message: `Gradients explode: that of ${huge.name} has a root mean square of ${figure(huge.size)}.`,
        remedy:
          'Clip gradients (globalClipnorm: 1), lower the learning rate, scale inputs and targets, or begin with smaller weights.',
      },
    ];
  }
  const [first] = sizes;
  const largest = Math.max(...sizes.map(({ size }) => size));
  if (first === undefined || first.size > TINY_RATIO * largest) return [];
  return [
    {
      kind: 'vanishingGradients',
      where: first.name,
      message: `Gradients vanish on their way back: that of ${first.name} has a root mean square of ${figure(first.size)}, the largest ${figure(largest)}.`,
      remedy:
        'Use relu instead of sigmoid or tanh, heNormal initializers, normalization between layers, or residual connections.',
    },
  ];
}

async function ofUnits(seen: readonly (readonly [AnyLayer, Tensor])[]): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [layer, output] of seen) {
    if (output.rank < 2 || layer.weights.length === 0) continue;
    if ((await min(output).item()) < 0) continue;
    const axis = output.shape.map((_, each) => each).slice(0, -1);
    const peaks = await max(abs(output), { axis }).data();
    const dead = peaks.filter((peak) => peak === 0).length;
    if (dead < DEAD_PART * peaks.length || dead === 0) continue;
    findings.push({
      kind: 'deadUnits',
      where: layer.path,
      message: `${dead} of ${peaks.length} units of ${layer.path} are 0 for every sample, so that no gradient reaches them.`,
      remedy:
        'Lower the learning rate, use leakyReLU or gelu instead of relu, heNormal initializers, and scale the inputs.',
    });
  }
  return findings;
}
