/**
 * What the code that is loaded on demand may not have a copy of: classes that are told apart by identity, and counters.
 * The rest that it uses is copied into it.
 */
export * from './errors';
export * from './graph/state';
