/**
 * The explanation report: what the network looked at, in images it got right and in images it got wrong.
 */
import type { HostArray } from '@hadal/core';
import {
  enlarge,
  gradCam,
  integratedGradients,
  overlay,
  type Report,
  type ReportSample,
  sampleOf,
  toPicture,
} from '@hadal/explain';
import type { Network } from '@hadal/layers';
import type { Judgement, LabelledImages } from './judge';
import { EXPLAINED_LAYER } from './network';

/** Every pixel of an image becomes a square of 8 × 8. */
const SCALE = 8;

/** Images in each section of the report. */
const SHOWN = 9;

/** Classes listed under an image. */
const LISTED = 3;

export interface ReportInput {
  readonly model: Network;
  readonly images: LabelledImages;
  readonly judgement: Judgement;
  readonly classNames: readonly string[];
  readonly facts: Report['facts'];
}

export async function explanationReport(input: ReportInput): Promise<Report> {
  const { judgement, images } = input;
  return {
    title: 'What the network looks at',
    text:
      'Ten kinds of clothes, told apart by a small convolutional network. Every card shows an image it had never seen, ' +
      'what each pixel contributed to its decision, and where its second convolution saw what speaks for it.',
    facts: input.facts,
    legends: [
      { name: 'Integrated Gradients', colorMap: 'blueRed', low: 'speaks against', high: 'speaks for' },
      { name: 'Grad-CAM', colorMap: 'inferno', low: 'hardly seen', high: 'decisive' },
    ],
    sections: [
      {
        title: 'Wrong, and sure of it',
        text: 'The mistakes with the highest probabilities. Both maps explain the class that was predicted.',
        samples: await samples(input, surestMistakes(judgement, images)),
      },
      {
        title: 'Right',
        text: 'One image of each class, as far as there is room.',
        samples: await samples(input, oneOfEachClass(judgement, images)),
      },
    ],
    footer:
      'Integrated Gradients from a black image (Sundararajan et al., 2017); Grad-CAM at the second convolution ' +
      '(Selvaraju et al., 2017). Made with Hadal. Images: Fashion-MNIST, MIT licence, Zalando SE.',
  };
}

const probabilityOf = ({ probabilities, predicted }: Judgement, classes: number, index: number): number =>
  probabilities[index * classes + predicted[index]!]!;

function surestMistakes(judgement: Judgement, { y }: LabelledImages): readonly number[] {
  const classes = judgement.matrix.length;
  return judgement.predicted
    .flatMap((label, index) => (label === y.data[index] ? [] : [index]))
    .sort((a, b) => probabilityOf(judgement, classes, b) - probabilityOf(judgement, classes, a))
    .slice(0, SHOWN);
}

function oneOfEachClass(judgement: Judgement, { y }: LabelledImages): readonly number[] {
  return judgement.matrix
    .map((_, label) =>
      y.data.findIndex((own, index) => own === label && judgement.predicted[index] === label),
    )
    .filter((index) => index >= 0)
    .slice(0, SHOWN);
}

async function samples(
  { model, images, judgement, classNames }: ReportInput,
  indices: readonly number[],
): Promise<ReportSample[]> {
  if (indices.length === 0) return [];
  const chosen = pick(images.x, indices);
  const target = indices.map((index) => judgement.predicted[index]!);
  const { attributions } = await integratedGradients(model, chosen, { target });
  const { heatMaps } = await gradCam(model, chosen, { target, layer: EXPLAINED_LAYER });
  const classes = classNames.length;
  return indices.map((index, row): ReportSample => {
    const image = sampleOf(chosen, row);
    const label = images.y.data[index]!;
    const predicted = judgement.predicted[index]!;
    const own = judgement.probabilities.subarray(index * classes, (index + 1) * classes);
    const ranked = Array.from(own, (share, place) => ({ share, place })).sort((a, b) => b.share - a.share);
    return {
      title: classNames[label]!,
      text: predicted === label ? 'recognized' : `taken for: ${classNames[predicted]}`,
      verdict: predicted === label ? 'right' : 'wrong',
      pictures: [
        { caption: 'image', picture: enlarge(toPicture(image), SCALE) },
        {
          caption: 'Integrated Gradients',
          picture: overlay(image, sampleOf(attributions, row), { scale: SCALE, brightness: 0.4 }),
        },
        { caption: 'Grad-CAM', picture: overlay(image, sampleOf(heatMaps, row), { scale: SCALE }) },
      ],
      scores: ranked
        .slice(0, LISTED)
        .map(({ share, place }) => ({ label: classNames[place]!, share, marked: place === label })),
    };
  });
}

/** Samples of a batch, as a batch. */
function pick(batch: HostArray, indices: readonly number[]): HostArray {
  const size = batch.data.length / batch.shape[0]!;
  const data = batch.data.slice(0, indices.length * size);
  for (const [row, index] of indices.entries())
    data.set(batch.data.subarray(index * size, (index + 1) * size), row * size);
  return { data, shape: [indices.length, ...batch.shape.slice(1)], dtype: batch.dtype };
}
