// Informers of pods in a process of their own, for figures of a process. Arguments: kubeconfig, clusters.
import { pods, startInformers } from './informers.ts';

const [kubeconfig = '', clusters = '1'] = process.argv.slice(2);
const informers = await startInformers(kubeconfig, Number(clusters), [pods]);
process.on('message', () => process.send?.(informers.events()));
process.on('disconnect', () => process.exit());
process.send?.('synced');
