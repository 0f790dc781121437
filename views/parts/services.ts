// What every view needs: the state it draws and the theme it draws with. The only React context there is.
import { createContext, useContext } from 'react';
import type { App } from '../../src/state/app.ts';
import type { Theme } from '../theme/theme.ts';

export type Services = {
  readonly app: App;
  readonly theme: Theme;
  /** Every frame says DEMO. */
  readonly isDemo: boolean;
  /** Said beside the clock: `read-only`; empty for nothing. */
  readonly note: string;
};

const ServicesContext = createContext<Services | null>(null);

export const ServicesProvider = ServicesContext.Provider;

/** The services of this tree; a view outside of one is a bug. */
export function useServices(): Services {
  const services = useContext(ServicesContext);
  if (services === null) throw new Error('a view was drawn outside of ServicesProvider');
  return services;
}
