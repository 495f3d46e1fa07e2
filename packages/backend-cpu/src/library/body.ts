import type { BodyEmitter } from './gemm/sink';
export const bodyEmitter = (_fused: boolean): BodyEmitter => () => {};
