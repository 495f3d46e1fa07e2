/** Cells one above the other as one cell: the output of each is the input of the next. */
import type { JsonObject } from '@hadal/core';
import { ArgumentError, ConfigReader } from '@hadal/core';
import type { AnyLayer, LayerOptions, LayerReader } from '../../layer/layer';
import { freeName } from '../../layer/naming';
import { readLayerOptions } from '../../layer/options';
import type { LayerShape } from '../../layer/shape';
import { type CellRun, RecurrentCell, type RunSetting } from './cell';
import { requireCell } from './require-cell';

/**
 * Cells that are run together, step by step: [x, …states] → [output, …states], the states of the first cell before
 * those of the second. The weights are those of the cells.
 *
 * @example
 * const stacked = stackedRNNCells([lstmCell(8), lstmCell(4)]);
 * rnn(stacked).apply(zeros([2, 10, 3])).shape; // [2, 4]
 */
export class StackedRNNCells extends RecurrentCell {
  static readonly className = 'StackedRNNCells';
  readonly className = StackedRNNCells.className;

  constructor(
    /** From the input to the output. */
    readonly cells: readonly RecurrentCell[],
    options: LayerOptions = {},
  ) {
    super(options);
    if (cells.length === 0) throw new ArgumentError('StackedRNNCells', 'there are no cells.');
    if (new Set(cells).size < cells.length) {
      throw new ArgumentError('StackedRNNCells', 'a cell is listed twice.', 'Make one for each level.');
    }
    const taken = new Set<string>();
    for (const cell of cells) {
      const name = freeName(cell, taken);
      taken.add(name);
      cell.attach(name, name, undefined);
    }
  }

  override get children(): readonly AnyLayer[] {
    return this.cells;
  }

  override get stepRank(): number | undefined {
    return this.cells[0]?.stepRank;
  }

  override stateShapes(stepShape: LayerShape): readonly LayerShape[] {
    return this.#levels(stepShape).flatMap(({ cell, shape }) => cell.stateShapes(shape));
  }

  override outputShape(stepShape: LayerShape): LayerShape {
    return this.cells.reduce((shape, cell) => cell.outputShape(shape), stepShape);
  }

  override buildStep(stepShape: LayerShape): void {
    for (const { cell, shape } of this.#levels(stepShape)) cell.ensureBuilt([shape]);
  }

  override begin(setting: RunSetting): CellRun {
    const levels = this.#levels(setting.shape).map(({ cell, shape }) => ({
      run: cell.begin({ ...setting, shape: shape.map((extent) => extent ?? 1) }),
      count: cell.stateShapes(shape).length,
    }));
    return {
      project: (x) => levels[0]?.run.project(x) ?? x,
      step: (projected, states) => {
        let [input, output, used] = [projected, projected, 0];
        const after = levels.flatMap(({ run, count }, level) => {
          const result = run.step(level === 0 ? input : run.project(input), states.slice(used, used + count));
          used += count;
          output = result.output;
          input = output;
          return result.states;
        });
        return { output, states: after };
      },
    };
  }

  override getConfig(): JsonObject {
    const cells = this.cells.map((cell) => ({ className: cell.className, config: cell.getConfig() }));
    return { ...super.getConfig(), cells };
  }

  static fromConfig(config: JsonObject, read: LayerReader): StackedRNNCells {
    const reader = new ConfigReader(StackedRNNCells.className, config);
    const options = readLayerOptions(reader);
    const cells = reader
      .list('cells')
      .map((value, index) => requireCell(`cell ${index}`, read(`cell ${index}`, value)));
    reader.done();
    return new StackedRNNCells(cells, options);
  }

  /** Each cell with the shape of what comes into it. */
  #levels(stepShape: LayerShape): readonly { readonly cell: RecurrentCell; readonly shape: LayerShape }[] {
    let shape = stepShape;
    return this.cells.map((cell) => {
      const level = { cell, shape };
      shape = cell.outputShape(shape);
      return level;
    });
  }
}

/** Makes {@link StackedRNNCells}. */
export const stackedRNNCells = (cells: readonly RecurrentCell[], options?: LayerOptions): StackedRNNCells =>
  new StackedRNNCells(cells, options);
