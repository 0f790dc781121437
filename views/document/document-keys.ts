// Keys of describe and YAML: the next match.
import { jumpToMatch } from '../../src/state/typing.ts';
import { type Binding, inDocument, type Spot } from '../keys/binding.ts';

const needsSearch = ({ view }: Spot): string | undefined =>
  view.text.search === '' ? 'nothing is searched for: / searches' : undefined;

export const documentKeys: readonly Binding[] = [
  {
    id: 'document.next-match',
    keys: ['n'],
    title: 'next match',
    section: 'Look',
    where: 'documents',
    applies: inDocument,
    disabledReason: needsSearch,
    run: (app) => jumpToMatch(app, 1),
    hint: 10,
    hintLabel: 'next',
  },
  {
    id: 'document.previous-match',
    keys: ['N'],
    title: 'previous match',
    section: 'Look',
    where: 'documents',
    applies: inDocument,
    disabledReason: needsSearch,
    run: (app) => jumpToMatch(app, -1),
  },
];
