/**
 * Operands that no type allows but plain JavaScript can pass, for error cases.
 */
import { type Tensor, zeros } from '@hadal/core';
import { type ErrorCase, refuses } from './family';

/** A value of plain JavaScript in the place of a tensor. */
export const untyped = (value: unknown): Tensor => value as Tensor;

/** Operations with one operand refuse a list of numbers; most are undefined on nothing else. */
export const refusesLists = (operations: Readonly<Record<string, (x: Tensor) => unknown>>): ErrorCase[] =>
  Object.entries(operations).map(([operation, f]) =>
    refuses(
      operation,
      'a list of numbers',
      () => f(untyped([1, 2])),
      'ArgumentError',
      'expected a tensor or a number, got an array',
    ),
  );

/** Operations with two operands refuse shapes that do not broadcast, and text. */
export const refusesPairs = (
  operations: Readonly<Record<string, (a: Tensor, b: Tensor) => unknown>>,
): ErrorCase[] =>
  Object.entries(operations).flatMap(([operation, f]) => [
    refuses(
      operation,
      'shapes that do not broadcast',
      () => f(zeros([2]), zeros([3])),
      'ShapeError',
      `${operation}: shapes do not broadcast: [2] and [3]`,
    ),
    refuses(
      operation,
      'text',
      () => f(zeros([2]), untyped('2')),
      'ArgumentError',
      'expected a tensor or a number, got the string "2"',
    ),
  ]);
