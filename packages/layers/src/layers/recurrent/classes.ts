/** The recurrent layer classes, for loading models that use them. */
import type { LayerClass } from '../../layer/layer';
import { Bidirectional } from './bidirectional';
import { ConvLSTM1D, ConvLSTM2D, ConvLSTM3D } from './conv-lstm';
import { ConvLSTMCell } from './conv-lstm-cell';
import { GRU } from './gru';
import { GRUCell } from './gru-cell';
import { LSTM } from './lstm';
import { LSTMCell } from './lstm-cell';
import { RNN } from './rnn';
import { SimpleRNN } from './simple-rnn';
import { SimpleRNNCell } from './simple-rnn-cell';
import { StackedRNNCells } from './stacked-cells';
import { TimeDistributed } from './time-distributed';

export const recurrentLayers = (): readonly LayerClass[] => [
  Bidirectional,
  ConvLSTM1D,
  ConvLSTM2D,
  ConvLSTM3D,
  ConvLSTMCell,
  GRU,
  GRUCell,
  LSTM,
  LSTMCell,
  RNN,
  SimpleRNN,
  SimpleRNNCell,
  StackedRNNCells,
  TimeDistributed,
];
