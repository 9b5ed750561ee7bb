/** The parts of a Grafana dashboard that matter to an import, and errors in one. */
import * as z from 'zod';
import { type Catalog, findUnknown } from './metric-catalog.ts';

const DataSource = z.strictObject({ type: z.literal('prometheus'), uid: z.literal('${datasource}') });
const GridPos = z.strictObject({
  h: z.int().min(1),
  w: z.int().min(1).max(24),
  x: z.int().min(0).max(23),
  y: z.int().min(0),
});

const Target = z.strictObject({
  refId: z.string().regex(/^[A-Z]$/),
  datasource: DataSource,
  editorMode: z.literal('code'),
  expr: z.string().min(1),
  legendFormat: z.string(),
  range: z.boolean(),
  instant: z.boolean().optional(),
  format: z.literal('table').optional(),
});

const Row = z.strictObject({
  id: z.int(),
  type: z.literal('row'),
  title: z.string(),
  collapsed: z.literal(false),
  gridPos: GridPos,
  panels: z.array(z.never()),
});

const Panel = z.strictObject({
  id: z.int(),
  type: z.enum(['timeseries', 'stat', 'table']),
  title: z.string().min(4),
  description: z.string().min(10),
  datasource: DataSource,
  gridPos: GridPos,
  options: z.record(z.string(), z.unknown()),
  fieldConfig: z.strictObject({ defaults: z.record(z.string(), z.unknown()), overrides: z.array(z.never()) }),
  targets: z.array(Target).min(1),
  transformations: z.array(z.unknown()).optional(),
});

const Variable = z.looseObject({
  name: z.string(),
  type: z.enum(['datasource', 'query']),
  definition: z.string().optional(),
});
const Annotation = z.looseObject({ name: z.string(), expr: z.string().optional() });

const Dashboard = z.looseObject({
  // Grafana assigns it; a number would overwrite the dashboard that has it.
  id: z.null(),
  uid: z.string().max(40),
  title: z.string(),
  // Grafana 10.0.
  schemaVersion: z.int().min(38),
  templating: z.strictObject({ list: z.array(Variable) }),
  annotations: z.strictObject({ list: z.array(Annotation) }),
  panels: z.array(z.union([Row, Panel])),
});

export type Dashboard = z.output<typeof Dashboard>;
type Panel = z.output<typeof Panel>;

/** @throws ZodError */
export function readDashboard(json: string): Dashboard {
  return Dashboard.parse(JSON.parse(json));
}

export const rowsOf = ({ panels }: Dashboard): string[] =>
  panels.filter(({ type }) => type === 'row').map(({ title }) => title);

export const panelsOf = ({ panels }: Dashboard): Panel[] =>
  panels.filter((panel): panel is Panel => panel.type !== 'row');

/** Every query, with the panel it is of. */
export function queriesOf(dashboard: Dashboard): { readonly title: string; readonly expr: string }[] {
  const ofPanels = panelsOf(dashboard).flatMap(({ title, targets }) =>
    targets.map(({ expr }) => ({ title, expr })),
  );
  const ofAnnotations = dashboard.annotations.list.flatMap(({ name, expr }) =>
    expr === undefined ? [] : [{ title: name, expr }],
  );
  return [...ofPanels, ...ofAnnotations];
}

export function findDashboardProblems(dashboard: Dashboard, catalog: Catalog): string[] {
  return [
    ...queriesOf(dashboard).flatMap(({ title, expr }) =>
      findUnknown(expr, catalog).map((problem) => `${title}: ${problem}`),
    ),
    ...findUnknownVariables(dashboard),
    ...findLegendProblems(dashboard, catalog),
    ...findDoubleIds(dashboard),
    ...findOverlaps(dashboard),
  ];
}

const builtIn = ['__rate_interval'];

function findUnknownVariables(dashboard: Dashboard): string[] {
  const known = new Set([...builtIn, ...dashboard.templating.list.map(({ name }) => name)]);
  const text = JSON.stringify({ ...dashboard, templating: undefined });
  const ofVariables = dashboard.templating.list.map(({ definition = '' }) => definition).join(' ');
  const used = [...`${text} ${ofVariables}`.matchAll(/\$\{?(\w+)/g)].map(([, name = '']) => name);
  return [...new Set(used)].filter((name) => !known.has(name)).map((name) => `there is no variable ${name}`);
}

/** A label in a legend that the query leaves out would be empty. */
function findLegendProblems(dashboard: Dashboard, catalog: Catalog): string[] {
  return panelsOf(dashboard).flatMap(({ title, targets }) =>
    targets.flatMap(({ expr, legendFormat }) => {
      const labels = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label);
      const grouped = /^(?:sum|max|min|topk\(\d+, sum|histogram_quantile\([\d.]+, sum) by \(([^)]*)\)/.exec(
        expr,
      )?.[1];
      const kept = grouped?.split(/, */) ?? [];
      return labels
        .filter(
          (label) => !kept.includes(label) || findUnknown(`sum by (${label}) (${expr})`, catalog).length > 0,
        )
        .map((label) => `${title}: the query leaves out ${label} of its legend`);
    }),
  );
}

function findDoubleIds({ panels }: Dashboard): string[] {
  const ids = panels.map(({ id }) => id);
  return ids.filter((id, i) => ids.indexOf(id) !== i).map((id) => `panel ${id} is there twice`);
}

function findOverlaps({ panels }: Dashboard): string[] {
  return panels.flatMap((panel, i) => {
    const { gridPos: a, title } = panel;
    const wide = a.x + a.w > 24 ? [`${title}: is wider than the page`] : [];
    const over = panels
      .slice(i + 1)
      .filter(({ gridPos: b }) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h)
      .map((other) => `${title} and ${other.title} lie on each other`);
    return [...wide, ...over];
  });
}
