import { describe, expect, it } from 'vitest';
import { DEMO_DEFAULTS, HELP, readOptions } from '../src/options';

describe('the command line of the demo', () => {
  it('needs no flags', () => {
    expect(readOptions([])).toStrictEqual(DEMO_DEFAULTS);
  });

  it('takes every flag', () => {
    const flags = '--full --epochs 8 --device interpreter --serve --json --out results --seed 3 --images 640';
    expect(readOptions(flags.split(' '))).toStrictEqual({
      full: true,
      epochs: 8,
      device: 'interpreter',
      serve: true,
      json: true,
      out: 'results',
      seed: 3,
      images: 640,
      help: false,
    });
  });

  it.each([
    [['--epochs', '0'], "--epochs is '0'; expected a whole number from 1."],
    [['--epochs', 'many'], "--epochs is 'many'; expected a whole number from 1."],
    [['--epochs', ''], "--epochs is ''"],
    [['--seed', '1.5'], "--seed is '1.5'; expected a whole number from 0."],
    [['--images', '5'], "--images is '5'; expected a whole number from 32."],
    [['--device', 'cuda'], "--device is 'cuda'; expected best, native, cpu or interpreter."],
    [['--out', ''], '--out is empty'],
    [['--fast'], "Unknown option '--fast'"],
    [['--epochs'], "Option '--epochs <value>' argument missing"],
    [['extra'], "Unexpected argument 'extra'"],
  ])('refuses %j and says why', (args, message) => {
    expect(() => readOptions(args)).toThrow(message);
  });

  it('explains every flag', () => {
    for (const flag of Object.keys(DEMO_DEFAULTS)) expect(HELP).toContain(`--${flag}`);
  });
});
