// What can be done about a cluster, from the Clusters pane and from the actions of any row. Enter does the one that the
// cluster needs; the others stand in the actions sheet.
import { connect, login, useAsScope } from '../../src/state/clusters.ts';
import { type Binding, inClusters, type Spot } from '../keys/binding.ts';

const phase = (spot: Spot) => spot.cluster?.state.phase;

export const clusterKeys: readonly Binding[] = [
  {
    id: 'cluster.scope',
    keys: [],
    title: 'use the cluster as scope',
    section: 'Clusters',
    where: 'anything of one cluster',
    applies: ({ cluster }) => cluster !== undefined,
    run: (app, { cluster }) => cluster !== undefined && useAsScope(app, cluster.id),
    isAction: true,
  },
  {
    id: 'cluster.connect',
    keys: [],
    title: 'connect the cluster',
    section: 'Clusters',
    where: 'parked clusters',
    applies: (spot) => phase(spot) === 'parked',
    run: (app, { cluster }) => cluster !== undefined && connect(app, cluster.id),
    isAction: true,
  },
  {
    id: 'cluster.login',
    keys: [],
    title: 'log in: lends the terminal to the login command',
    section: 'Clusters',
    where: 'clusters that need a login',
    applies: (spot) => phase(spot) === 'login',
    run: (app, { cluster }) => {
      if (cluster !== undefined) void login(app, cluster.id);
    },
    isAction: true,
  },
  {
    id: 'cluster.identity',
    keys: ['i'],
    title: 'switch identity',
    section: 'Clusters',
    where: 'Clusters',
    applies: (spot) => inClusters(spot) || spot.cluster !== undefined,
    disabledReason: ({ cluster }) =>
      cluster === undefined
        ? 'nothing is selected'
        : cluster.otherIdentities.length === 0
          ? 'it has only one context'
          : undefined,
    run: (app, { cluster }) =>
      cluster !== undefined && app.ui.setState({ sheet: { type: 'identity', cluster: cluster.id, chosen: 0 } }),
    isAction: true,
  },
];
