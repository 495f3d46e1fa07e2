/** Preprocessing of numbers and images against Keras. */
import { interpreter, setDevice } from '@hadal/core';
import * as api from '../src';
import table from './fixtures/preprocessing.json';
import { describeLayers, type LayerTable } from './layer-cases';
import { layerClasses } from './layer-classes';

setDevice(interpreter());

describeLayers(table as unknown as LayerTable, layerClasses(api));
