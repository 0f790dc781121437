// The screen's counters as metrics, and its frames as spans: what it wrote, how often it painted, how long a frame took.
import type { Screen } from '../terminal/screen/screen.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Tracing } from '../telemetry/tracing.ts';

/** Seconds; a frame should stay below the second of them. */
const frameBounds = [0.001, 0.004, 0.008, 0.016, 0.033, 0.066, 0.25, 1];

/** Counts into `metrics` from now on. */
export function countScreen(screen: Screen, metrics: Metrics): Disposable {
  const bytes = metrics.counter('flagbridge_screen_bytes_total', 'Bytes of frames written to the terminal.');
  const frames = metrics.counterFamily('flagbridge_frames_total', 'Frames painted, by what asked for them.', 'cause');
  const empty = metrics.counter('flagbridge_frames_empty_total', 'Frames in which nothing had changed.');
  const seconds = metrics.histogram('flagbridge_frame_seconds', 'Time to paint one frame.', frameBounds);
  const painter = metrics
    .counterFamily(
      'flagbridge_fallbacks_total',
      'Times the first way of doing something was not possible, by what it was.',
      'what',
    )
    .of('painter');
  metrics.gauge(
    'flagbridge_failed_panes',
    'Panes that could not be drawn, since the start.',
    () => screen.counters.failedPanes,
  );
  return screen.onFrame((frame) => {
    frames.of(frame.cause).inc();
    if (frame.bytes === 0) empty.inc();
    bytes.inc(frame.bytes);
    seconds.observe(frame.paintMs / 1000);
    painter.inc(screen.counters.painterFallbacks - painter.value);
  });
}

/** A span for each frame from now on, where somebody wants spans. */
export function traceScreen(screen: Screen, tracing: Tracing): void {
  if (!tracing.isOn) return;
  screen.onFrame(({ cause, bytes, paintMs }) =>
    tracing.past('frame', { 'flagbridge.cause': cause, 'flagbridge.bytes': bytes }, paintMs),
  );
}
