/** Deep Q-learning: the worth of each move is learnt from remembered moves and the worth of what followed (Mnih et al., 2015). */
import { adam, compile, dense, gradients, random, sequential, setSeed, type Tensor, tensor } from 'hadal';
import { argMax, max, mean, oneHot, stopGradient, sum } from 'hadal/core';
import { CELLS, caughtBy, Games, MOVES, TURNS } from './catch';

const GAMES = 64;
/** What a catch is worth a turn earlier. */
const DISCOUNT = 0.95;
/** Turns that are remembered, of all games. */
const REMEMBERED = 100;
/** Updates from one copy of the network to the next, by which goals are set. */
const COPY = 20;
/** The part of moves that is by chance, at first and at last. */
const [CURIOUS, SETTLED] = [1, 0.1];

interface Turn {
  readonly seen: Float32Array;
  readonly moves: Int32Array;
  readonly worth: Float32Array;
  readonly next: Float32Array;
  /** 0 after the last turn, where nothing follows. */
  readonly goesOn: number;
}

const network = () => sequential([dense(64, { activation: 'relu', inputShape: [CELLS] }), dense(MOVES)]);

export async function deepQ(rounds: number, look: number): Promise<number[]> {
  setSeed(1);
  const chance = random(1);
  const [judge, goal] = [network(), network()];
  const optimizer = adam(2e-3);
  optimizer.build(judge.trainableWeights);
  const bestMoves = compile((seen: Tensor) => argMax(judge.apply(seen), -1));
  const learn = compile((seen: Tensor, moves: Tensor, worth: Tensor, next: Tensor, goesOn: Tensor) => {
    const follows = max(goal.apply(next), { axis: -1 }).mul(goesOn).mul(DISCOUNT);
    const target = stopGradient(worth.add(follows));
    const said = sum(judge.apply(seen).mul(oneHot(moves, MOVES)), -1);
    const loss = mean(said.sub(target).square());
    optimizer.apply(gradients(loss, judge.trainableWeights));
    return loss;
  });
  const play = async (seen: Float32Array, count: number): Promise<Int32Array> =>
    Int32Array.from(await (await bestMoves(tensor(seen, { shape: [count, CELLS] }))).data(), Number);

  const memory: Turn[] = [];
  const caught: number[] = [];
  let updates = 0;
  for (let round = 1; round <= rounds; round++) {
    const games = new Games(GAMES, chance);
    const curious = Math.max(SETTLED, CURIOUS - (2 * round) / rounds);
    for (let turn = 0; turn < TURNS; turn++) {
      const seen = games.see();
      const moves = (await play(seen, GAMES)).map((move) =>
        chance.uniform() < curious ? chance.below(MOVES) : move,
      );
      const worth = games.move(moves);
      const goesOn = turn === TURNS - 1 ? 0 : 1;
      memory.push({ seen, moves, worth, next: goesOn === 0 ? seen : games.see(), goesOn });
      if (memory.length > REMEMBERED) memory.shift();
      const turns = Array.from({ length: 4 }, () => memory[chance.below(memory.length)]).flatMap(
        (each) => each ?? [],
      );
      const joined = (part: (turn: Turn) => Float32Array): Float32Array =>
        Float32Array.from(turns.flatMap((each) => [...part(each)]));
      const shape = [turns.length * GAMES, CELLS];
      await learn(
        tensor(
          joined((each) => each.seen),
          { shape },
        ),
        tensor(Int32Array.from(turns.flatMap((each) => [...each.moves]))),
        tensor(joined((each) => each.worth)),
        tensor(
          joined((each) => each.next),
          { shape },
        ),
        tensor(joined((each) => new Float32Array(GAMES).fill(each.goesOn))),
      );
      if (updates++ % COPY === 0) goal.setWeights(await judge.getWeights());
    }
    if (round % look === 0) caught.push(await caughtBy(play, 500, random(9, round)));
  }
  return caught;
}
