// Makes the README's picture from the real screen: starts the program on a pty, waits until the demo fleet has told its
// story, and draws the terminal's cells as SVG. Usage: node bin/node.js scripts/picture.ts docs/screen.svg [keys] [WxH]
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { spawn } from '@lydell/node-pty';
import headless from '@xterm/headless';

const root = fileURLToPath(new URL('..', import.meta.url));
const cellWidth = 8.4;
const cellHeight = 18;

type Picture = { readonly file: string; readonly keys: string; readonly columns: number; readonly rows: number };

/** Runs the demo on a pty of that size, presses the keys and resolves with the terminal when it has been quiet. */
async function screenOf({ keys, columns, rows }: Picture): Promise<headless.Terminal> {
  const terminal = new headless.Terminal({ cols: columns, rows, allowProposedApi: true });
  const child = spawn(process.execPath, ['bin/flagbridge.js', 'demo', '--theme', 'dark'], {
    cwd: root,
    cols: columns,
    rows,
    name: 'xterm-256color',
    env: { ...process.env, COLORTERM: 'truecolor', LANG: 'C.UTF-8' },
  });
  let last = Date.now();
  child.onData((data) => {
    last = Date.now();
    terminal.write(data);
  });
  terminal.onData((reply) => child.write(reply));
  await until(() => text(terminal).includes('live') && Date.now() - last > 3000, 60_000);
  for (const key of keys) {
    child.write(key);
    last = Date.now();
    await until(() => Date.now() - last > 1500, 20_000);
  }
  child.kill('SIGTERM');
  return terminal;
}

async function until(holds: () => boolean, limitMs: number): Promise<void> {
  const end = Date.now() + limitMs;
  while (!holds() && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 100));
}

function text(terminal: headless.Terminal): string {
  const lines: string[] = [];
  for (let y = 0; y < terminal.rows; y++) lines.push(terminal.buffer.active.getLine(y)?.translateToString(true) ?? '');
  return lines.join('\n');
}

const escaped = (raw: string): string => raw.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const hex = (rgb: number): string => `#${rgb.toString(16).padStart(6, '0')}`;

/** The visible cells as SVG: one rectangle and one text per run of equal style. */
function drawn(terminal: headless.Terminal): string {
  const width = Math.ceil(terminal.cols * cellWidth);
  const height = terminal.rows * cellHeight;
  const parts: string[] = [];
  for (let y = 0; y < terminal.rows; y++) {
    const line = terminal.buffer.active.getLine(y);
    if (!line) continue;
    let x = 0;
    while (x < terminal.cols) {
      const from = x;
      const style = styleAt(line, x);
      let run = '';
      while (x < terminal.cols && styleAt(line, x) === style) {
        const cell = line.getCell(x);
        run += cell?.getChars() || ' ';
        x += Math.max(1, cell?.getWidth() ?? 1);
      }
      const [fg, bg, bold] = style.split('|');
      const left = (from * cellWidth).toFixed(1);
      const span = ((x - from) * cellWidth).toFixed(1);
      if (bg)
        parts.push(`<rect x="${left}" y="${y * cellHeight}" width="${span}" height="${cellHeight}" fill="${bg}"/>`);
      if (run.trim() !== '') {
        parts.push(
          `<text x="${left}" y="${y * cellHeight + 13}" fill="${fg}"${bold ? ' font-weight="bold"' : ''} textLength="${span}" xml:space="preserve">${escaped(run)}</text>`,
        );
      }
    }
  }
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">` +
    `<rect width="100%" height="100%" fill="#0f1419"/>` +
    `<g font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="13.5">${parts.join('\n')}</g></svg>\n`
  );
}

type Line = NonNullable<ReturnType<headless.Terminal['buffer']['active']['getLine']>>;

function styleAt(line: Line, x: number): string {
  const cell = line.getCell(x);
  if (!cell) return '|';
  const fg = cell.isFgRGB() ? hex(cell.getFgColor()) : '#d6dce4';
  const bg = cell.isBgRGB() ? hex(cell.getBgColor()) : '';
  return cell.isInverse()
    ? `${bg || '#0f1419'}|${fg}|${cell.isBold() ? 'b' : ''}`
    : `${fg}|${bg}|${cell.isBold() ? 'b' : ''}`;
}

const [file = 'docs/screen.svg', keys = '', size = '120x40'] = process.argv.slice(2);
const [columns = 120, rows = 40] = size.split('x').map(Number);
const terminal = await screenOf({ file, keys, columns, rows });
writeFileSync(file, drawn(terminal));
process.stdout.write(`${text(terminal)}\n${file}\n`);
process.exit(0);
