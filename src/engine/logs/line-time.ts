// The time of a log line in milliseconds, with its microseconds as a fraction: thousands of lines share a second, so only
// the first of each is parsed.

/** Reads `2026-11-21T00:17:20.100000000Z`; null when it is no time. */
export function newTimeReader(): (time: string) => number | null {
  let lastSecond = '';
  let lastMs = 0;
  return (time) => {
    const second = time.slice(0, 19);
    if (second !== lastSecond || !time.endsWith('Z')) {
      const zone = time.endsWith('Z') ? 'Z' : (/[+-]\d\d:\d\d$/.exec(time)?.[0] ?? 'Z');
      const ms = Date.parse(`${second}${zone}`);
      if (Number.isNaN(ms)) return null;
      lastSecond = time.endsWith('Z') ? second : '';
      lastMs = ms;
    }
    if (time[19] !== '.') return lastMs;
    let micros = 0;
    let isOver = false;
    for (let i = 20; i < 26; i++) {
      const digit = time.charCodeAt(i) - 48;
      isOver ||= !(digit >= 0 && digit <= 9);
      micros = micros * 10 + (isOver ? 0 : digit);
    }
    return lastMs + micros / 1000;
  };
}
