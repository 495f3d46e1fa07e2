/** Entry point for backend authors: the backend interface, the kernel form, and what core offers to build on. */

export { createDevice } from '../device/create';
export { bytesPerElement, bytesPerStorage } from '../dtype';
export { executable, type KernelExecutable, storageArray } from '../kernel/execute';
export * from '../kernel/form';
export { validateKernel } from '../kernel/validate';
export { decomposeScalarOp } from '../lower/decompose-scalar';
export type { DecomposeScalarOp, ScalarCode } from '../lower/scalar-code';
export { HostBackend, type HostExec } from './host';
export * from './interface';
export * from './library';
