import { describe, expect, it } from 'vitest';
import { isChosen, parseArguments } from '../src/arguments';
import { workloads } from '../src/workloads';

const chosenBy = (...only: string[]): string[] => [
  ...new Set(workloads.filter((workload) => isChosen(only, workload)).map(({ id }) => id)),
];

describe('the command line', () => {
  it('has a thread, seven rounds and all contestants by default', () => {
    expect(parseArguments([])).toMatchObject({
      only: [],
      peers: ['torch', 'onnxruntime-node', 'onnxruntime-web', 'tfjs', 'jax-js'],
      own: ['hadal-cpu', 'hadal-native'],
      threads: 1,
      rounds: 7,
    });
  });

  it('takes lists of workloads and peers', () => {
    expect(parseArguments(['--only', 'D2, A', '--peers', 'torch,tfjs'])).toMatchObject({
      only: ['D2', 'A'],
      peers: ['torch', 'tfjs'],
    });
    expect(parseArguments(['--no-peers']).peers).toEqual([]);
  });

  it('has the peers that compute on GPUs where Hadal does', () => {
    expect(parseArguments(['--contestants', 'hadal-webgpu']).peers).toEqual(['tfjs-webgpu', 'jax-js-webgpu']);
    expect(parseArguments(['--contestants', 'hadal-cpu,hadal-webgpu']).peers).toEqual(
      expect.arrayContaining(['torch', 'jax-js', 'jax-js-webgpu']),
    );
    expect(parseArguments(['--contestants', 'hadal-webgpu', '--peers', 'tfjs']).peers).toEqual(['tfjs']);
  });

  it.each([
    [['--peers', 'keras'], /--peers keras.*There are: torch/],
    [['--contestants', 'hadal'], /--contestants hadal.*hadal-native/],
    [['--threads', '0'], /--threads 0: a whole number from 1/],
    [['--rounds', '1.5'], /--rounds 1.5/],
    [['--budget', 'x'], /--budget x: seconds above 0/],
  ])('refuses %j', (args, message) => {
    expect(() => parseArguments(args)).toThrow(message);
  });
});

describe('--only', () => {
  it('chooses by letter, by letter and number, or by a part of the name', () => {
    expect(chosenBy('A')).toEqual(['A']);
    expect(chosenBy('d')).toEqual(['D1', 'D2', 'D3', 'D4', 'D5', 'D6']);
    expect(chosenBy('D2', 'B')).toEqual(['B', 'D2']);
    expect(chosenBy('resnet')).toEqual(['E']);
    expect(chosenBy('nothing')).toEqual([]);
  });

  it('is needed for what takes long', () => {
    expect(chosenBy()).toEqual(['A', 'D1', 'D2', 'F']);
  });

  it('can name every workload', () => {
    expect(new Set(workloads.map(({ id }) => id))).toEqual(
      new Set(['A', 'B', 'C', 'D1', 'D2', 'D3', 'D4', 'D5', 'D6', 'E', 'F']),
    );
    expect(new Set(workloads.map(({ name }) => name)).size).toBe(workloads.length);
  });
});
