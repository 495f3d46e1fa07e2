/** Checked builders of every kind of node: shape and dtype are inferred here, and errors say what would fit. */

export * from './contraction';
export * from './elementwise';
export * from './indexed';
export * from './leaves';
export * from './movement';
export * from './named';
export * from './reduce';
