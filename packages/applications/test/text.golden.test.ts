/** Networks for text against the same networks of Keras, with weights by formula. */
import { interpreter, setDevice, softmax, type Tensor, tensor } from '@hadal/core';
import { input, loadModel, memoryStorage, model, type Tensors } from '@hadal/layers';
import { describe, expect, it } from 'vitest';
import {
  applicationLayers,
  bertEncoder,
  bertMaskedLM,
  filterLogits,
  GPT,
  gpt,
  Seq2SeqLSTM,
  Seq2SeqTransformer,
  seq2SeqLSTM,
  seq2SeqTransformer,
  type Translator,
} from '../src';
import text from './fixtures/text.json';
import { expectClose, fillWeights, patternNumbers, uniform } from './pattern';

setDevice(interpreter());

const TOLERANCE = 5e-6;

const integers = (data: readonly number[], shape: readonly number[]): Tensor =>
  tensor(Int32Array.from(data), { shape, dtype: 'int32' });

/** A path without the name of the network that is the whole model. */
const inside = (path: string): string => path.slice(path.indexOf('/') + 1);

describe(`networks for text compute what those of ${text.reference} do`, () => {
  const writer = () => {
    const made = gpt({
      vocabularySize: 11,
      sequenceLength: 6,
      width: 8,
      numLayers: 2,
      numHeads: 2,
      intermediateDim: 12,
    });
    fillWeights(made.model.namedWeights(), inside);
    return made;
  };

  it('gpt', async () => {
    const { model: network } = writer();
    expect(network.countParameters()).toBe(text.gpt.parameters);
    const logits = await network.predictOnBatch(patternNumbers('gpt', [2, 6], 11));
    expect(logits.shape).toEqual(text.gpt.shape);
    expectClose(await logits.data(), text.gpt.data, TOLERANCE);
  });

  it('gpt, step by step with a cache', async () => {
    const { network } = writer();
    const tokens = await patternNumbers('gpt', [2, 6], 11).data();
    let state = network.emptyState(2, 6);
    for (let step = 0; step < 6; step++) {
      const last = integers([tokens[step]!, tokens[6 + step]!], [2]);
      const next = network.next(last, integers([step], []), state);
      state = next.state;
      const expected = [0, 6].flatMap((row) => text.gpt.data.slice((row + step) * 11, (row + step + 1) * 11));
      expectClose(await next.logits.data(), expected, TOLERANCE);
    }
  });

  it('gpt, loaded again', async () => {
    const made = writer();
    const storage = memoryStorage();
    await made.model.save(storage);
    const loaded = new GPT(await loadModel(storage, { layers: applicationLayers }));
    const options = { maxLength: 6, temperature: 0 };
    expect(await loaded.generate([[3]], options)).toEqual(await made.generate([[3]], options));
    const x = patternNumbers('gpt', [2, 6], 11);
    expect(await (await loaded.model.predictOnBatch(x)).data()).toEqual(
      await (await made.model.predictOnBatch(x)).data(),
    );
  });

  it('bert, also loaded again', async () => {
    const { parameters, tokens, segments, sequence, pooled, logits } = text.bert;
    const encoder = bertEncoder({
      name: 'encoder',
      vocabularySize: 13,
      sequenceLength: 5,
      width: 8,
      intermediateDim: 12,
    });
    const inputs = {
      tokens: input([5], { dtype: 'int32', name: 'tokens' }),
      segments: input([5], { dtype: 'int32', name: 'segments' }),
    };
    const layer = bertMaskedLM(encoder);
    const guesser = model({ inputs, outputs: layer.apply(inputs) });
    expect(guesser.countParameters()).toBe(parameters);
    fillWeights(guesser.namedWeights(), inside);
    const x = { tokens: integers(tokens, [2, 5]), segments: integers(segments, [2, 5]) };
    /** Steps that pad mean nothing. */
    const shown = async (values: Tensor): Promise<number[]> => {
      const [width = 1] = values.shape.slice(-1);
      return [...(await values.data())].flatMap((value, index) =>
        tokens[Math.floor(index / width)] === 0 ? [] : [Number(value)],
      );
    };
    const scores = await guesser.predictOnBatch(x);
    expectClose(await shown(scores), logits, 4 * TOLERANCE);
    const known = encoder.apply(x);
    expectClose(await shown(known.sequence), sequence, 4 * TOLERANCE);
    expectClose(await known.pooled.data(), pooled, 4 * TOLERANCE);
    const storage = memoryStorage();
    await guesser.save(storage);
    const loaded = await loadModel<Tensors, Tensor>(storage, { layers: applicationLayers });
    expect(await (await loaded.predictOnBatch(x)).data()).toEqual(await scores.data());
  });

  const translators = {
    seq2SeqLSTM: {
      make: (): Translator => seq2SeqLSTM({ sourceVocabulary: 9, targetVocabulary: 9, width: 6, units: 7 }),
      of: (loaded: Translator['model']): Translator => new Seq2SeqLSTM(loaded),
      nameOf: (path: string) => path,
    },
    seq2SeqTransformer: {
      make: (): Translator =>
        seq2SeqTransformer({
          sourceVocabulary: 9,
          targetVocabulary: 9,
          width: 8,
          numHeads: 2,
          numLayers: 1,
          intermediateDim: 10,
          sequenceLength: 6,
        }),
      of: (loaded: Translator['model']): Translator => new Seq2SeqTransformer(loaded),
      nameOf: (path: string) => path,
    },
  } as const;

  it.each(['seq2SeqLSTM', 'seq2SeqTransformer'] as const)(
    '%s, also loaded again and step by step',
    async (name) => {
      const { make, of, nameOf } = translators[name];
      const { parameters, source, target, data } = text[name];
      const made = make();
      expect(made.model.countParameters()).toBe(parameters);
      fillWeights(made.model.namedWeights(), nameOf);
      const x = [integers(source, [2, 5]), integers(target, [2, 4])] as const;
      const logits = await made.model.predictOnBatch(x);
      expect(logits.shape).toEqual([2, 4, 9]);
      expectClose(await logits.data(), data, TOLERANCE);

      // What comes out token by token is what the model says of the whole.
      const sources = [source.slice(0, 5), source.slice(5, 8)];
      const options = { startToken: 1, endToken: 2, maxLength: 5 };
      const translated = await made.translate(sources, options);
      for (const [row, tokens] of translated.entries()) {
        const whole = [1, ...tokens];
        const given = [sources[row]!, whole] as const;
        const scores = await made.model.predictOnBatch([
          integers(given[0], [1, given[0].length]),
          integers(whole, [1, whole.length]),
        ]);
        const best = await scores.argMax(-1).data();
        const expected = [...best].map(Number);
        expect(whole.length === 5 ? expected.slice(0, -1) : expected).toEqual(
          whole.length === 5 ? tokens : [...tokens, 2],
        );
      }

      const storage = memoryStorage();
      await made.model.save(storage);
      const loaded = of(await loadModel<readonly [Tensor, Tensor]>(storage));
      expect(await loaded.translate(sources, options)).toEqual(translated);
    },
  );
});

describe('scores are filtered as in NumPy', () => {
  it.each(text.filters.map((each) => [JSON.stringify(each.options), each] as const))(
    '%s',
    async (_name, { options, probabilities }) => {
      const logits = tensor(
        Float32Array.from(uniform('logits', 21), (value) => 6 * value),
        { shape: [3, 7] },
      );
      const kept = await softmax(filterLogits(logits, options)).data();
      expectClose(kept, probabilities, 1e-6);
      expect([...kept].map((value) => value === 0)).toEqual(probabilities.map((value) => value === 0));
    },
  );
});
