// Lays a diagram out with Graphviz (dot, compiled to WebAssembly). Argument: folder with node_modules. Standard input:
// the graph as diagram.py documents it; standard output: the layout. Graphviz counts y upwards, the answer downwards.

type Node = { id: string; width: number; height: number; rows?: number[] };
type Edge = { id: string; from: string; to: string; fromRow?: number; toRow?: number; weak?: boolean };
type Graph = { nodes: Node[]; edges: Edge[]; direction: 'LR' | 'TB'; gap: { node: number; rank: number } };
type Point = [number, number];
type Attributes = Record<string, unknown>;
type Link = { tail: string; head: string; attributes: Attributes };

const POINTS_PER_INCH = 72;
const { instance } = await import(Bun.resolveSync('@viz-js/viz', Bun.argv[2] as string));
const graph = JSON.parse(await Bun.stdin.text()) as Graph;
const byId = new Map(graph.nodes.map((node) => [node.id, node]));
const spread = spreadOfLeaves();
const drawn = (await instance()).renderJSON({
  graphAttributes: {
    rankdir: graph.direction,
    nodesep: graph.gap.node / POINTS_PER_INCH,
    ranksep: graph.gap.rank / POINTS_PER_INCH,
  },
  nodeAttributes: { shape: 'plain' },
  edgeAttributes: { dir: 'none' },
  nodes: graph.nodes.map((node) => ({ name: node.id, attributes: { label: { html: table(node) } } })),
  edges: [...graph.edges.filter((edge) => edge.from !== edge.to).map(link), ...rowsOfLoners()],
});
const [, , width, height] = numbers(drawn.bb) as [number, number, number, number];
const places = new Map((drawn.objects as { name: string; pos: string }[]).map((object) => [object.name, place(object)]));
const routes = (drawn.edges ?? [])
  .filter((edge: { id?: string }) => edge.id !== undefined)
  .map((edge: { id: string; pos: string }) => ({ id: edge.id, points: route(edge.pos) }));
const loops = graph.edges.filter((edge) => edge.from === edge.to).map((edge) => ({ id: edge.id, points: loop(edge) }));
const right = Math.max(width, ...loops.flatMap(({ points }) => points.map(([x]) => x)));
console.log(
  JSON.stringify({
    width: round(right),
    height: round(height),
    nodes: [...places].map(([id, [x, y]]) => ({ id, x, y })),
    edges: [...routes, ...loops],
  }),
);

/** A node is a table of empty cells, one for each row, so that an edge can end at a row. */
function table(node: Node): string {
  const cells = (node.rows ?? [node.height]).map(
    (row, index) => `<TR><TD PORT="${index}" WIDTH="${node.width}" HEIGHT="${row}" FIXEDSIZE="TRUE"></TD></TR>`,
  );
  return `<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0">${cells.join('')}</TABLE>`;
}

function link(edge: Edge): Link {
  const attributes: Attributes = { id: edge.id }; // ":_" is the side of the row that faces the other node
  if (edge.fromRow !== undefined) attributes['tailport'] = `${edge.fromRow}:_`;
  if (edge.toRow !== undefined) attributes['headport'] = `${edge.toRow}:_`;
  if (edge.weak) attributes['constraint'] = false;
  const length = spread.get(edge.id);
  if (length !== undefined) attributes['minlen'] = length;
  return { tail: edge.from, head: edge.to, attributes };
}

/** Many nodes that hang on one node alone would stand in one endless column: they take turns in several. */
function spreadOfLeaves(): Map<string, number> {
  const strong = graph.edges.filter((edge) => !edge.weak && edge.from !== edge.to);
  const degree = new Map<string, number>();
  for (const edge of strong) for (const end of [edge.from, edge.to]) degree.set(end, (degree.get(end) ?? 0) + 1);
  const leaves = Map.groupBy(strong.filter((edge) => degree.get(edge.to) === 1), (edge) => edge.from);
  const lengths = new Map<string, number>();
  for (const edges of leaves.values()) {
    const columns = edges.length < 6 ? 1 : Math.min(8, columnsFor(edges.map((edge) => byId.get(edge.to) as Node)));
    edges.forEach((edge, index) => lengths.set(edge.id, 1 + (index % columns)));
  }
  return lengths;
}

/** Nodes that no strong edge places stand in rows, held together by invisible edges. */
function rowsOfLoners(): Link[] {
  const tied = new Set(graph.edges.flatMap((edge) => (edge.weak || edge.from === edge.to ? [] : [edge.from, edge.to])));
  const loners = graph.nodes.filter((node) => !tied.has(node.id));
  const columns = columnsFor(loners);
  const links: Link[] = [];
  loners.forEach((node, index) => {
    const previous = loners[index - 1];
    if (previous && index % columns !== 0) {
      links.push({ tail: previous.id, head: node.id, attributes: { style: 'invis', weight: 0 } });
    }
  });
  return links;
}

/** How many columns give these nodes about the shape of a screen. */
function columnsFor(nodes: Node[]): number {
  const across = nodes.reduce((sum, node) => sum + node.width + graph.gap.rank, 0) / (nodes.length || 1);
  const down = nodes.reduce((sum, node) => sum + node.height + graph.gap.node, 0) / (nodes.length || 1);
  return Math.max(1, Math.round(Math.sqrt((1.6 * nodes.length * down) / (across || 1))));
}

function place(object: { name: string; pos: string }): Point {
  const node = byId.get(object.name) as Node;
  const [x, y] = numbers(object.pos) as Point;
  return [round(x - node.width / 2), round(height - y - node.height / 2)];
}

/** A line from a node to itself: Graphviz would draw it across the neighbours, so it is a bow on the right side. */
function loop(edge: Edge): Point[] {
  const node = byId.get(edge.from) as Node;
  const [x, y] = places.get(edge.from) as Point;
  const side = x + node.width;
  const middle = (row: number | undefined): number => {
    const rows = node.rows ?? [node.height];
    const above = rows.slice(0, row ?? 0).reduce((sum, height) => sum + height, 0);
    return y + above + (rows[row ?? 0] as number) / 2;
  };
  const bow = side + graph.gap.rank * 0.4;
  return [
    [side, middle(edge.fromRow)],
    [bow, middle(edge.fromRow)],
    [bow, middle(edge.toRow)],
    [side, middle(edge.toRow)],
  ];
}

function route(pos: string): Point[] {
  return pos.split(' ').map((pair) => {
    const [x, y] = numbers(pair) as Point;
    return [round(x), round(height - y)];
  });
}

function numbers(text: string): number[] {
  return text.split(',').map(Number);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
