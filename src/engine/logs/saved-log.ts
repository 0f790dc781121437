// A log as a file: one line each, with everything that the screen may leave out to save room.
import type { LogLine, LogSelector } from '../../core/log-line.ts';

/** `flagbridge-cart-20261121-124106.log`: what it is of and when it was saved. */
export function savedLogName(selector: LogSelector, now: number): string {
  const what = selector.of === 'app' ? selector.app : selector.of === 'pod' ? selector.name : selector.title;
  const time = new Date(now).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
  return `flagbridge-${what.replaceAll(/[^\w.-]+/g, '-').slice(0, 80)}-${time}.log`;
}

/** Time, cluster, pod and container before the line; what was said about the stream stands in brackets. */
export function savedLogLine(line: LogLine, cluster: string): string {
  const time = line.time === null ? '-' : new Date(line.time).toISOString();
  if (line.type === 'mark') return `${time} ${cluster} ${line.pod} [${line.mark}] ${line.text}`.trimEnd();
  return `${time} ${cluster} ${line.namespace}/${line.pod} ${line.container} ${line.text}`;
}
