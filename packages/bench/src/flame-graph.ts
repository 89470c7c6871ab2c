import { busyTimes, type CpuProfile, packageOf, placeOf } from './cpu-profile.ts';

interface Bar {
  readonly name: string;
  readonly place: string;
  readonly depth: number;
  /** Microseconds from the left edge, and how many. */
  readonly from: number;
  readonly time: number;
}

const WIDTH = 1_200;
const ROW = 16;
const FONT = 11;
const CHARACTER = 6.3;
/** Narrower bars would only make the file large. */
const NARROWEST = 0.5;
const HUES = 360;

/** A flame graph as SVG: what is above was called by what is below, widths are shares of the time that was not idle. */
export function flameGraph(profile: CpuProfile, title: string): string {
  const { bars, total } = barsOf(profile);
  const scale = WIDTH / Math.max(total, 1);
  const shown = bars.filter(({ time }) => time * scale >= NARROWEST);
  const rows = Math.max(0, ...shown.map(({ depth }) => depth)) + 1;
  const height = (rows + 2) * ROW;
  const body = shown.map((bar) => barSvg(bar, { scale, total, y: height - (bar.depth + 1) * ROW })).join('\n');
  const heading = `${escaped(title)}, ${Math.round(total / 1000)} ms busy`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="monospace" font-size="${FONT}">
<title>${heading}</title>
<rect width="${WIDTH}" height="${height}" fill="#fff"/>
<text x="4" y="${ROW}">${heading}</text>
${body}
</svg>
`;
}

function barsOf(profile: CpuProfile): { bars: Bar[]; total: number } {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const own = busyTimes(profile);
  const times = new Map<number, number>();
  const timeOf = (id: number): number => {
    const children = nodes.get(id)?.children ?? [];
    const time = children.reduce((sum, child) => sum + timeOf(child), own.get(id) ?? 0);
    times.set(id, time);
    return time;
  };
  const [root] = profile.nodes;
  if (root === undefined) return { bars: [], total: 0 };
  const total = timeOf(root.id);
  const bars: Bar[] = [];
  const lay = (ids: readonly number[], from: number, depth: number): void => {
    let left = from;
    const widest = [...ids].sort((a, b) => (times.get(b) ?? 0) - (times.get(a) ?? 0));
    for (const id of widest) {
      const node = nodes.get(id);
      const time = times.get(id) ?? 0;
      if (node === undefined || time === 0) continue;
      const place = placeOf(node.callFrame);
      bars.push({ name: node.callFrame.functionName || '(anonymous)', place, depth, from: left, time });
      lay(node.children ?? [], left, depth + 1);
      left += time;
    }
  };
  lay(root.children ?? [], 0, 0);
  return { bars, total };
}

function barSvg({ name, place, from, time }: Bar, at: { scale: number; total: number; y: number }): string {
  const width = time * at.scale;
  const label = name.slice(0, Math.floor((width - 4) / CHARACTER));
  const share = tenths((time / at.total) * 100);
  const x = tenths(from * at.scale);
  const box = `<rect x="${x}" y="${at.y}" width="${tenths(width)}" height="${ROW - 1}" fill="${colourOf(place)}"/>`;
  const text =
    label.length < 3 ? '' : `<text x="${tenths(from * at.scale + 2)}" y="${at.y + FONT}">${escaped(label)}</text>`;
  return `<g><title>${escaped(`${name} ${place} ${share} %`)}</title>${box}${text}</g>`;
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}

/** The same package always has the same colour. */
function colourOf(place: string): string {
  const hue = [...packageOf(place)].reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) % HUES, 7);
  return `hsl(${hue},60%,75%)`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
