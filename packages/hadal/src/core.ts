/** `hadal/core`: all of `@hadal/core`, for the operations whose names layers, optimizers and data have too. */
export * from '@hadal/core';
