// The pump adds time: how long Esc waits, that a reply in two packets is still a reply, that a lost paste end is survived.
import { describe, expect, it } from 'vitest';
import type { Clock } from '../../platform/clock.ts';
import type { InputEvent } from './events.ts';
import { ESCAPE_MS, ESCAPE_MS_SSH, inputPump } from './input.ts';

function setup(escapeMs = ESCAPE_MS) {
  let now = 0;
  let timers: { at: number; fn: () => void }[] = [];
  const clock: Clock = {
    now: () => now,
    after(ms, fn) {
      const timer = { at: now + ms, fn };
      timers.push(timer);
      return { [Symbol.dispose]: () => (timers = timers.filter((other) => other !== timer)) };
    },
  };
  const pump = inputPump(clock, escapeMs);
  const heard: string[] = [];
  const events: InputEvent[] = [];
  pump.onEvent((event) => {
    events.push(event);
    heard.push(event.type === 'key' ? event.key : event.type);
  });
  const advance = (ms: number): void => {
    now += ms;
    const due = timers.filter((timer) => timer.at <= now);
    timers = timers.filter((timer) => timer.at > now);
    for (const timer of due) timer.fn();
  };
  return { pump, heard, events, advance, waiting: () => timers.length };
}

describe('input pump', () => {
  it('makes a lone ESC the Esc key after 50 ms, not before', () => {
    const { pump, heard, advance } = setup();
    pump.feed('\x1b');
    advance(49);
    expect(heard).toEqual([]);
    advance(1);
    expect(heard).toEqual(['esc']);
  });

  it('waits longer over SSH, so that a split reply stays a reply', () => {
    const { pump, heard, advance } = setup(ESCAPE_MS_SSH);
    pump.feed('\x1b');
    advance(150);
    pump.feed('[5;10R');

    expect(heard).toEqual(['reply']);
  });

  it('drops a sequence that never ends and hears the next key', () => {
    const { pump, heard, advance } = setup();
    pump.feed('\x1b]11;rgb:');
    advance(1000);
    pump.feed('j');

    expect(heard).toEqual(['j']);
  });

  it('survives a paste whose end was lost', () => {
    const { pump, heard, advance } = setup();
    pump.feed('\x1b[200~dd');
    advance(4999);
    pump.feed('y');
    advance(4999);
    expect(heard).toEqual([]);
    advance(1);
    pump.feed('j');

    expect(heard).toEqual(['paste', 'j']);
  });

  it('numbers the reads, and marks the first key of each', () => {
    const { pump, events } = setup();
    pump.feed('ab');
    pump.feed('c');

    expect(events.map((event) => event.type === 'key' && [event.key, event.isFirst])).toEqual([
      ['a', true],
      ['b', false],
      ['c', true],
    ]);
    expect(events[2]?.chunk).toBeGreaterThan(events[0]?.chunk ?? 0);
  });

  it('leaves no timer behind when nothing is open, after a reset and at the end', () => {
    const { pump, waiting } = setup();
    pump.feed('\x1b');
    expect(waiting()).toBe(1);
    pump.feed('[A');
    expect(waiting()).toBe(0);
    pump.feed('\x1b');
    pump.reset();
    expect(waiting()).toBe(0);
    pump.feed('\x1b');
    pump.end();
    expect(waiting()).toBe(0);
  });
});
