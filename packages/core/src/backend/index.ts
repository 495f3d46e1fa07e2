/** Entry point for backend authors: the backend interface, the kernel form, and what core offers to build on. */

export * from '../kernel/form';
export * from './interface';
export * from './library';
