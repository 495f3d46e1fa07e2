/** What keeps divisions, logarithms and roots finite. Keras' `epsilon()`. */
export const EPSILON = 1e-7;
