/**
 * The structure of a model: which layers it has and how they are connected. A chain is one structure, a graph another
 * one over the same interface, so that training, saving and prediction know neither. Inputs and outputs are lists here;
 * their arrangement is what users see of them.
 */
import type { ConfigReader, JsonObject, Tensor } from '@hadal/core';
import type { Arrangement } from '../layer/arrangement';
import type { CallContext } from '../layer/context';
import type { AnyLayer } from '../layer/layer';
import type { LayerShape } from '../layer/shape';

/** A use of a layer, for tables and pictures. */
export interface LayerUse {
  readonly layer: AnyLayer;
  /** Shapes of the results; undefined while the input shape is not known. */
  readonly outputShapes: readonly LayerShape[] | undefined;
  /** Which uses the inputs come from, by their place in the list. */
  readonly from: readonly number[];
}

export interface ModelStructure {
  /** The name under which models of this structure are saved. */
  readonly className: string;
  readonly layers: readonly AnyLayer[];
  readonly inputs: Arrangement;
  readonly outputs: Arrangement;
  /** What outputs are called in logs: their names, or those of the layers that give them. */
  readonly outputNames: readonly string[];
  /** Shapes of the inputs with the batch first, where the layers say it. */
  readonly inputShapes: readonly LayerShape[] | undefined;
  /** Names the layers for their place in a model. */
  attach(prefix: string, owner: string): void;
  /** Makes all weights. */
  build(inputShapes: readonly LayerShape[]): void;
  call(inputs: readonly Tensor[], context: CallContext): readonly Tensor[];
  computeOutputShapes(inputShapes: readonly LayerShape[]): readonly LayerShape[];
  /** The uses of layers in the order in which they are computed; left out where layers follow one another. */
  uses?(inputShapes: readonly LayerShape[] | undefined): readonly LayerUse[];
  getConfig(): JsonObject;
}

/** What makes structures of a class again from a saved model. */
export interface StructureClass {
  readonly className: string;
  /**
   * @param where  what is read, for errors
   * @param reader the configuration, of which the layers are read already
   * @throws {DataError} when the configuration does not fit
   */
  readStructure(where: string, reader: ConfigReader, layers: readonly AnyLayer[]): ModelStructure;
}
