/** The first word of a library call: which kernel of native/library/library_kernel.cc it is for. */
export const PRODUCTS = 0;
export const SCATTER = 1;
export const ARGSORT = 2;
export const SCAN = 3;
export const RECURRENT = 4;
export const ATTENTION = 5;
export const MAX_POOL = 6;
export const NARROW = 7;
