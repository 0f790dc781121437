// What the screen takes from the configuration.
import type { Config } from '../config/config.ts';
import { type Deck, withDecks } from '../state/decks.ts';

export type ScreenConfig = Pick<Config, 'theme' | 'ascii' | 'keys' | 'scopes'> & { readonly decks: readonly Deck[] };

export const screenConfig = ({ theme, ascii, keys, scopes, decks }: Config): ScreenConfig => ({
  theme,
  ascii,
  keys,
  scopes,
  decks: withDecks(Object.fromEntries(Object.entries(decks).map(([name, deck]) => [name, deck.rows]))),
});
