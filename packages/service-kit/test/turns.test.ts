import { eventually } from '@tenor/testing';
import { nextTurn, type Rest, startTurns } from '../src/turns.ts';

const HOUR_MS = 3_600_000;
const idle: Rest = { kind: 'idle', ms: HOUR_MS, atLeastMs: 0 };

/** Turns whose rests are given; each entry of `taken` is one. */
function turnsOf(rests: Rest[], first?: Rest) {
  const stopping = new AbortController();
  const taken: number[] = [];
  const turn = async (): Promise<Rest> => {
    taken.push(performance.now());
    return rests[taken.length - 1] ?? idle;
  };
  return { turns: startTurns(turn, stopping.signal, first), taken, stop: () => stopping.abort() };
}

describe('turns', () => {
  test('follow one another at once until one has nothing more, and end with the signal', async () => {
    const { turns, taken, stop } = turnsOf([{ kind: 'none' }, { kind: 'none' }, idle]);
    await eventually(() => expect(taken).toHaveLength(3));
    stop();
    await turns.ended;
    expect(taken).toHaveLength(3);
  });

  test('end by themselves', async () => {
    const { turns, taken } = turnsOf([{ kind: 'end' }]);
    await turns.ended;
    expect(taken).toHaveLength(1);
  });

  test('are woken from an idle rest, and no wake is lost that comes during a turn', async () => {
    const { turns, taken, stop } = turnsOf([idle, idle]);
    turns.wake();
    await eventually(() => expect(taken).toHaveLength(2));
    await Promise.resolve();
    turns.wake();
    await eventually(() => expect(taken).toHaveLength(3));
    stop();
    await turns.ended;
  });

  test('let what comes gather for a while', async () => {
    const { turns, taken, stop } = turnsOf([{ ...idle, atLeastMs: 60 }]);
    turns.wake();
    await eventually(() => expect(taken).toHaveLength(2));
    const [first = 0, second = 0] = taken;
    expect(second - first).toBeGreaterThanOrEqual(59);
    stop();
    await turns.ended;
  });

  test('keep a back-off whoever wakes, also before the first', async () => {
    const { turns, taken, stop } = turnsOf([], { kind: 'back_off', ms: HOUR_MS });
    turns.wake();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(taken).toEqual([]);
    stop();
    await turns.ended;
    expect(taken).toEqual([]);
  });
});

test('the next turn comes after everybody who waits already', async () => {
  const order: string[] = [];
  setImmediate(() => order.push('other'));
  await nextTurn();
  order.push('next');
  expect(order).toEqual(['other', 'next']);
});
