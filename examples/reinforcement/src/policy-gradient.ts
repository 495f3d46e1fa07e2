/** Policy gradient: moves that were followed by a catch become likelier (REINFORCE, Williams 1992). */
import { adam, compile, dense, gradients, random, sequential, setSeed, type Tensor, tensor } from 'hadal';
import { logSoftmax, mean, oneHot, softmax, sum } from 'hadal/core';
import { CELLS, caughtBy, Games, MOVES, TURNS } from './catch';

const GAMES = 64;

export async function policyGradient(rounds: number, look: number): Promise<number[]> {
  setSeed(1);
  const chance = random(1);
  const network = sequential([dense(64, { activation: 'relu', inputShape: [CELLS] }), dense(MOVES)]);
  const optimizer = adam(5e-3);
  optimizer.build(network.trainableWeights);
  const probabilities = compile((seen: Tensor) => softmax(network.apply(seen)));
  const learn = compile((seen: Tensor, moves: Tensor, worth: Tensor) => {
    const chosen = sum(logSoftmax(network.apply(seen)).mul(oneHot(moves, MOVES)), -1);
    const loss = mean(chosen.mul(worth)).neg();
    optimizer.apply(gradients(loss, network.trainableWeights));
    return loss;
  });
  /** Draws a move for each game. */
  const draw = async (seen: Float32Array, count: number): Promise<Int32Array> => {
    const likely = await (await probabilities(tensor(seen, { shape: [count, CELLS] }))).data();
    return Int32Array.from({ length: count }, (_, game) => {
      let rest = chance.uniform();
      for (let move = 0; move < MOVES - 1; move++) {
        rest -= Number(likely[game * MOVES + move]);
        if (rest < 0) return move;
      }
      return MOVES - 1;
    });
  };

  const caught: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    const games = new Games(GAMES, chance);
    const seen = new Float32Array(TURNS * GAMES * CELLS);
    const moves = new Int32Array(TURNS * GAMES);
    let worth = new Float32Array(GAMES);
    for (let turn = 0; turn < TURNS; turn++) {
      const now = games.see();
      const drawn = await draw(now, GAMES);
      seen.set(now, turn * GAMES * CELLS);
      moves.set(drawn, turn * GAMES);
      worth = Float32Array.from(games.move(drawn));
    }
    // Better than usual is good: the mean of all games is what is usual.
    const usual = worth.reduce((all, each) => all + each, 0) / GAMES;
    const better = Float32Array.from({ length: TURNS * GAMES }, (_, at) => (worth[at % GAMES] ?? 0) - usual);
    await learn(tensor(seen, { shape: [TURNS * GAMES, CELLS] }), tensor(moves), tensor(better));
    if (round % look === 0) caught.push(await caughtBy(draw, 500, random(9, round)));
  }
  return caught;
}
