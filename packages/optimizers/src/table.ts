/** Optimizers by name: what `compile({ optimizer: 'adam' })` means, and how a saved optimizer is made again. */
import type { JsonObject, SerializedObject } from '@hadal/core';
import { ArgumentError, canonicalName, DataError, suggestName } from '@hadal/core';
import type { Optimizer } from './optimizer';
import { Adadelta } from './rules/adadelta';
import { Adafactor } from './rules/adafactor';
import { Adagrad } from './rules/adagrad';
import { Adam } from './rules/adam';
import { Adamax } from './rules/adamax';
import { AdamW } from './rules/adamw';
import { Ftrl } from './rules/ftrl';
import { Lamb } from './rules/lamb';
import { Lion } from './rules/lion';
import { Muon } from './rules/muon';
import { Nadam } from './rules/nadam';
import { RMSprop } from './rules/rmsprop';
import { ScheduleFreeAdamW } from './rules/schedule-free-adamw';
import { SGD } from './rules/sgd';
import { Lookahead } from './wrappers/lookahead';
import { LossScaleOptimizer } from './wrappers/loss-scale';
import { SAM } from './wrappers/sam';
import type { MakeOptimizer } from './wrappers/wrapper';

/** The optimizers that can be named by a string; each then has its defaults. Keras' spellings are understood as well. */
export type OptimizerName =
  | 'sgd'
  | 'adam'
  | 'adamw'
  | 'adamW'
  | 'adamax'
  | 'nadam'
  | 'rmsprop'
  | 'adagrad'
  | 'adadelta'
  | 'adafactor'
  | 'lion'
  | 'lamb'
  | 'ftrl'
  | 'muon'
  | 'scheduleFreeAdamW'
  | 'schedule_free_adamw';

/** A class of optimizers that is not of this package, as a file's name for it is looked up. */
export interface OptimizerClass {
  /** The name under which files have it. */
  readonly className: string;
  /** Makes one of what `getConfig` gave. */
  fromConfig(config: JsonObject): Optimizer;
}

/** What can be made with its defaults, and from its configuration. */
interface RuleClass extends OptimizerClass {
  new (): Optimizer;
}

/** What is made around another optimizer. */
interface WrapperClass {
  readonly className: string;
  fromConfig(config: JsonObject, make: MakeOptimizer): Optimizer;
}

const rules = (): readonly RuleClass[] => [
  SGD,
  Adam,
  AdamW,
  Adamax,
  Nadam,
  RMSprop,
  Adagrad,
  Adadelta,
  Adafactor,
  Lion,
  Lamb,
  Ftrl,
  Muon,
  ScheduleFreeAdamW,
];

const wrappers = (): readonly WrapperClass[] => [Lookahead, SAM, LossScaleOptimizer];

/** Wrappers may wrap wrappers, but a file must not be able to exhaust the stack. */
const MAX_NESTING = 16;

/** `ScheduleFreeAdamW` as users write it. */
const nameOf = ({ className }: RuleClass): string =>
  /^[A-Z]+$/.test(className) ? className.toLowerCase() : className[0]!.toLowerCase() + className.slice(1);

/**
 * Makes the optimizer that a name stands for, or returns the optimizer given.
 *
 * @throws {ArgumentError} when the name is unknown
 * @example
 * resolveOptimizer('adam').learningRate; // 0.001
 */
export function resolveOptimizer(optimizer: OptimizerName | Optimizer): Optimizer {
  if (typeof optimizer !== 'string') return optimizer;
  const wanted = canonicalName(optimizer);
  const Rule = rules().find(({ className }) => canonicalName(className) === wanted);
  if (Rule !== undefined) return new Rule();
  throw new ArgumentError(
    'optimizer',
    `unknown optimizer '${optimizer}'.`,
    suggestName(optimizer, rules().map(nameOf)),
  );
}

/**
 * Makes an optimizer from what `{ className, config: getConfig() }` gave; its state is set with `setState`.
 *
 * @param own classes of optimizers besides those of this package
 * @throws {DataError} when the class is unknown or its configuration does not fit
 */
export const optimizerFromConfig = (
  serialized: SerializedObject,
  own: readonly OptimizerClass[] = [],
): Optimizer => make(serialized, own, 0);

function make(
  { className, config }: SerializedObject,
  own: readonly OptimizerClass[],
  nesting: number,
): Optimizer {
  const rule = [...rules(), ...own].find((each) => each.className === className);
  if (rule !== undefined) return rule.fromConfig(config);
  const wrapper = wrappers().find((each) => each.className === className);
  if (wrapper === undefined) {
    throw new DataError(
      'optimizer',
      `unknown optimizer class '${className}'.`,
      suggestName(
        className,
        [...rules(), ...wrappers(), ...own].map((each) => each.className),
      ),
    );
  }
  if (nesting >= MAX_NESTING) {
    throw new DataError('optimizer', `optimizers are nested more than ${MAX_NESTING} deep.`);
  }
  return wrapper.fromConfig(config, (inner) => make(inner, own, nesting + 1));
}
