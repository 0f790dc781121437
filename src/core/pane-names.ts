// What panes are called in decks of one's own.

export const paneNames = ['triage', 'workloads', 'pods', 'logs', 'events', 'detail', 'nodes', 'clusters'] as const;

export type PaneName = (typeof paneNames)[number];

export const isPaneName = (word: string): word is PaneName => paneNames.some((name) => name === word);
