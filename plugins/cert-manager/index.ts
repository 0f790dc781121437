// Certificates of cert-manager. All of it are custom resources: where they are absent the plugin sleeps.
import { definePlugin } from '../../src/plugin-api/plugin.ts';
import { certificateTable, certificateWatch } from './certificates.ts';
import { challengeWatch, clusterIssuerWatch, issuerTable, issuerWatch, orderWatch, requestWatch } from './issuance.ts';
import { certificateRule } from './rules.ts';

export default definePlugin({
  id: 'cert-manager',
  apiVersion: 1,
  title: 'cert-manager certificates',
  tables: [certificateTable, issuerTable],
  watch: [certificateWatch, issuerWatch, clusterIssuerWatch, requestWatch, orderWatch, challengeWatch],
  problems: [certificateRule],
});
