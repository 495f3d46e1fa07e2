/** A game, many of which are played at once: a ball falls, and a paddle at the bottom is moved to catch it. */
import type { Random } from 'hadal';

export const ROWS = 10;
export const COLUMNS = 5;
export const CELLS = ROWS * COLUMNS;
/** Left, stay, right. */
export const MOVES = 3;
/** Moves of a game; then the ball is at the bottom. */
export const TURNS = ROWS - 1;

export class Games {
  readonly #ball: number[];
  readonly #paddle: number[];
  #row = 0;

  constructor(
    readonly count: number,
    chance: Random,
  ) {
    this.#ball = Array.from({ length: count }, () => chance.below(COLUMNS));
    this.#paddle = Array.from({ length: count }, () => chance.below(COLUMNS));
  }

  /** What the players see: [games, cells], 1 where the ball and the paddle are. */
  see(): Float32Array {
    const seen = new Float32Array(this.count * CELLS);
    for (let game = 0; game < this.count; game++) {
      seen[game * CELLS + this.#row * COLUMNS + (this.#ball[game] ?? 0)] = 1;
      seen[game * CELLS + (ROWS - 1) * COLUMNS + (this.#paddle[game] ?? 0)] = 1;
    }
    return seen;
  }

  /** Moves all paddles and balls. At the end of the game a ball is worth 1 where it was caught and -1 where not, else 0. */
  move(moves: ArrayLike<number>): Float32Array {
    this.#row += 1;
    return Float32Array.from({ length: this.count }, (_, game) => {
      const place = (this.#paddle[game] ?? 0) + (moves[game] ?? 1) - 1;
      this.#paddle[game] = Math.min(COLUMNS - 1, Math.max(0, place));
      if (this.#row < TURNS) return 0;
      return this.#paddle[game] === this.#ball[game] ? 1 : -1;
    });
  }
}

/** Plays games to their end and says which part of the balls was caught. */
export async function caughtBy(
  player: (seen: Float32Array, count: number) => Promise<ArrayLike<number>>,
  count: number,
  chance: Random,
): Promise<number> {
  const games = new Games(count, chance);
  let last = new Float32Array(count);
  for (let turn = 0; turn < TURNS; turn++)
    last = Float32Array.from(games.move(await player(games.see(), count)));
  return last.filter((worth) => worth > 0).length / count;
}
