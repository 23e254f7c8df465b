/** The attractors as a tree of plain nodes: grouping, paging, filtering and the user's decisions; knows no editor. */
import type { Decision } from '../../core/engine.ts';
import type { LanguageId } from '../../core/languages.ts';
import type {
  AntiPattern,
  Attractor,
  AttractorKind,
  Deviant,
  MiningReport,
  Snippet,
} from '../../core/mining/attractor.ts';
import { type Badges, badgesOf } from './badges.ts';

/** What the tree is made from, per workspace folder. */
export interface RepositoryView {
  readonly root: string;
  readonly name: string;
  readonly report: MiningReport | undefined;
  readonly decisions: Readonly<Record<string, Decision>>;
}

export type AttractorNode =
  | { readonly type: 'repository'; readonly view: RepositoryView }
  | {
      readonly type: 'group';
      readonly id: string;
      readonly group: Group;
      readonly children: readonly AttractorNode[];
      readonly count: number;
    }
  | {
      readonly type: 'attractor';
      readonly id: string;
      readonly root: string;
      readonly attractor: Attractor;
      readonly decision: Decision | undefined;
      readonly badges: Badges;
    }
  | {
      readonly type: 'snippet';
      readonly id: string;
      readonly root: string;
      readonly snippet: Snippet;
      readonly attractor?: Attractor;
    }
  | { readonly type: 'antiPattern'; readonly id: string; readonly root: string; readonly antiPattern: AntiPattern }
  | { readonly type: 'deviant'; readonly id: string; readonly root: string; readonly deviant: Deviant }
  | { readonly type: 'more'; readonly id: string; readonly root: string; readonly hidden: number };

/** What a group stands for; the view gives it words and an icon. */
export type Group =
  | { readonly by: 'kind'; readonly kind: AttractorKind; readonly language?: LanguageId }
  | { readonly by: 'pinned' | 'muted' | 'common' | 'deviants' };

export interface TreeOptions {
  /** Words that must all occur in an attractor's name, summary, language, kind or APIs; '' shows all. */
  readonly filter: string;
  /** Roots whose whole list is shown instead of the first page. */
  readonly expanded: ReadonlySet<string>;
}

/** Top of the tree: folders if there are several, else the groups of the only one. */
export function rootsOf(views: readonly RepositoryView[], options: TreeOptions): readonly AttractorNode[] {
  const mined = views.filter((view) => view.report);
  const [first] = mined;
  if (views.length > 1) return mined.map((view) => ({ type: 'repository', view }));
  return first ? groupsOf(first, options) : [];
}

/** Groups of one folder: pinned, then the first page by kind and language, then what is folded away. */
export function groupsOf(view: RepositoryView, options: TreeOptions): readonly AttractorNode[] {
  const { report, decisions, root } = view;
  if (!report) return [];
  const shown = report.attractors.filter((attractor) => matches(attractorText(attractor), options.filter));
  const decided = (decision: Decision) => shown.filter(({ id }) => decisions[id] === decision);
  const free = shown.filter(({ id }) => decisions[id] === undefined);
  const special = free.filter(({ common }) => !common);
  const common = free.filter((attractor) => attractor.common);
  const whole = options.filter !== '' || options.expanded.has(root);
  const page = whole ? special : special.filter((attractor) => attractor.page);
  const deviants = report.deviants.filter((deviant) => matches(`${deviant.rule} ${deviant.language}`, options.filter));

  const toNode = (parent: string) => (attractor: Attractor) => attractorNode(view, parent, attractor);
  const folded = (by: 'pinned' | 'muted' | 'common', attractors: readonly Attractor[]): AttractorNode[] => {
    const id = `${root}#${by}`;
    return attractors.length
      ? [{ type: 'group', id, group: { by }, children: attractors.map(toNode(id)), count: attractors.length }]
      : [];
  };
  const deviantsId = `${root}#deviants`;
  return [
    ...folded('pinned', decided('pinned')),
    ...byLanguageAndKind(page, root, toNode),
    ...(page.length < special.length
      ? [{ type: 'more', id: `${root}#more`, root, hidden: special.length - page.length } as const]
      : []),
    ...(deviants.length
      ? [
          {
            type: 'group',
            id: deviantsId,
            group: { by: 'deviants' },
            children: deviants.map((deviant) => ({
              type: 'deviant' as const,
              id: `${deviantsId}/${deviant.id}`,
              root,
              deviant,
            })),
            count: deviants.length,
          } as const,
        ]
      : []),
    ...folded('common', common),
    ...folded('muted', decided('muted')),
  ];
}

/** An attractor below the node with the id `parent`. */
export function attractorNode(
  { root, report, decisions }: RepositoryView,
  parent: string,
  attractor: Attractor,
): Extract<AttractorNode, { type: 'attractor' }> {
  return {
    type: 'attractor',
    id: `${parent}/${attractor.id}`,
    root,
    attractor,
    decision: decisions[attractor.id],
    badges: badgesOf(attractor, report?.deviants ?? []),
  };
}

/** What an attractor or a deviant unfolds to: real code first, then what to avoid and who deviates. */
export function childrenOf(node: AttractorNode, options: TreeOptions): readonly AttractorNode[] {
  switch (node.type) {
    case 'repository':
      return groupsOf(node.view, options);
    case 'group':
      return node.children;
    case 'attractor': {
      const { id, root, attractor, badges } = node;
      return [
        ...attractor.snippets.map((snippet, index) => ({
          type: 'snippet' as const,
          id: `${id}/s${index}`,
          root,
          snippet,
          attractor,
        })),
        ...attractor.antipatterns.map((antiPattern) => ({
          type: 'antiPattern' as const,
          id: `${id}/a${antiPattern.id}`,
          root,
          antiPattern,
        })),
        ...badges.deviants.map((deviant) => ({
          type: 'deviant' as const,
          id: `${id}/d${deviant.id}`,
          root,
          deviant,
        })),
      ];
    }
    case 'deviant':
      return node.deviant.sites.map((snippet, index) => ({
        type: 'snippet' as const,
        id: `${node.id}/s${index}`,
        root: node.root,
        snippet,
      }));
    default:
      return [];
  }
}

/** One level for both, since a sidebar is narrow; the language is named only where there are several. */
function byLanguageAndKind(
  attractors: readonly Attractor[],
  root: string,
  toNode: (parent: string) => (attractor: Attractor) => AttractorNode,
): AttractorNode[] {
  const several = new Set(attractors.map(({ language }) => language)).size > 1;
  return groupBy(attractors, ({ language, kind }) => `${language}/${kind}`).map(([key, members]) => {
    const id = `${root}#${key}`;
    const [{ language, kind }] = members as [Attractor];
    const group: Group = { by: 'kind', kind, ...(several ? { language } : {}) };
    return { type: 'group', id, group, children: members.map(toNode(id)), count: members.length };
  });
}

/** Groups in the order of their first, that is their best, member. */
function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): [string, T[]][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return [...groups];
}

function attractorText({ name, summary, language, kind, apis }: Attractor): string {
  return `${name} ${summary} ${language} ${kind} ${apis.join(' ')}`;
}

/** True if every word of the filter occurs, whatever its case. */
export function matches(text: string, filter: string): boolean {
  const lower = text.toLowerCase();
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => lower.includes(word));
}
