// The running demo inside its process: certificates, clusters, API servers, kubeconfig files, faults. Started by main.ts
// from messages; tests of the demo itself use it directly.
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ApiCluster } from './api/cluster.ts';
import { makeAuthority } from './certificates.ts';
import { startNode, stopNode } from './controllers/nodes.ts';
import type { World } from './controllers/world.ts';
import { buildCluster } from './fleet/build.ts';
import { clusters as fleet } from './fleet/data.ts';
import { startLife } from './fleet/life.ts';
import { Front } from './http/front.ts';
import type { TokenUser } from './http/identity.ts';
import { ApiServer } from './http/server.ts';
import { adminKubeconfig, fleetKubeconfig, loginScript } from './kubeconfig.ts';
import { LoadFleet } from './load/load-fleet.ts';
import { logSource } from './log-lines.ts';
import type { DemoCluster, DemoOptions, DemoUsage, Fault } from './protocol.ts';
import { hexOf } from './random.ts';
import { metricsOf } from './usage.ts';

type Running = {
  readonly server: ApiServer;
  readonly front: Front;
  readonly world: World | null;
  readonly described: DemoCluster;
};

const silentAfter = 25_000;
const loginCluster = 'edge-7';

export class Demo {
  readonly #running = new Map<string, Running>();
  readonly #folder: string;
  readonly #load: LoadFleet | null;
  readonly #timers: NodeJS.Timeout[] = [];

  private constructor(folder: string, load: LoadFleet | null) {
    this.#folder = folder;
    this.#load = load;
  }

  /** Starts everything; resolves when every port listens and the kubeconfigs are written. */
  static async start(options: DemoOptions): Promise<Demo> {
    const folder = await mkdtemp(join(tmpdir(), 'flagbridge-demo-'));
    const seed = options.seed ?? 7;
    const load =
      options.clusters === undefined
        ? null
        : new LoadFleet({
            clusters: options.clusters,
            podsPerCluster: options.podsPerCluster ?? 1000,
            eventsPerSecond: options.eventsPerSecond ?? 0,
            seed,
            version: options.version ?? '1.36.1',
          });
    const demo = new Demo(folder, load);
    try {
      await demo.#open(options, seed);
    } catch (error) {
      await demo.stop();
      throw error;
    }
    return demo;
  }

  async #open(options: DemoOptions, seed: number): Promise<void> {
    const authority = await makeAuthority(Date.now());
    const admin = await authority.client('admin', ['system:masters']);
    const tls = { ...authority.serving, ca: authority.ca };
    const logs = logSource(options.logLinesPerSecond ?? 0.5);
    const plans: { cluster: ApiCluster; world: World | null; viewerNamespace: string }[] = [];
    if (this.#load !== null)
      for (const cluster of this.#load.clusters)
        plans.push({ cluster, world: null, viewerNamespace: this.#load.viewerNamespace });
    else
      for (const data of fleet.filter((c) => options.only === undefined || options.only.includes(c.name))) {
        const world = buildCluster(data, { seed, incident: options.incident ?? true, now: Date.now });
        plans.push({ cluster: world.cluster, world, viewerNamespace: data.viewerNamespace });
      }
    for (const { cluster, world, viewerNamespace } of plans) {
      const token = (user: string): string => hexOf(`${seed} ${cluster.name} ${user} ${process.pid} ${Date.now()}`, 40);
      const tokens = { ops: token('ops'), ci: token('ci'), viewer: token('viewer'), nobody: token('nobody') };
      const users = new Map<string, TokenUser>(
        Object.entries(tokens).map(([username, value], i) => [value, { username, uid: String(i + 1) }]),
      );
      const server = new ApiServer(cluster, users, { logs, metrics: metricsOf });
      const front = new Front(server, tls);
      const port = await front.listen();
      const described: DemoCluster = {
        name: cluster.name,
        server: `https://127.0.0.1:${port}`,
        port,
        version: cluster.version,
        ca: authority.ca,
        users: {
          admin: { by: 'certificate', ...admin },
          ops: { by: 'token', token: tokens.ops },
          ci: { by: 'token', token: tokens.ci },
          viewer: { by: 'token', token: tokens.viewer },
          nobody: { by: 'token', token: tokens.nobody },
        },
        viewerNamespace,
      };
      this.#running.set(cluster.name, { server, front, world, described });
    }
    await this.#writeFiles(options);
    for (const { world } of this.#running.values()) if (world !== null) startLife(world);
    this.#load?.start();
    const silent = options.silentAfterMs === undefined ? silentAfter : options.silentAfterMs;
    const quiet = this.#running.get('run-ap');
    if (silent !== null && quiet !== undefined) this.#timers.push(setTimeout(() => quiet.front.freeze(), silent));
  }

  get clusters(): readonly DemoCluster[] {
    return [...this.#running.values()].map((r) => r.described);
  }

  get kubeconfigPath(): string {
    return join(this.#folder, 'kube', 'config');
  }

  get adminKubeconfigPath(): string {
    return join(this.#folder, 'kube', 'admin.config');
  }

  get #tokenFile(): string {
    return join(this.#folder, 'plugins', 'edge.token');
  }

  async #writeFiles(options: DemoOptions): Promise<void> {
    await mkdir(join(this.#folder, 'kube'), { mode: 0o700 });
    await mkdir(join(this.#folder, 'plugins'), { mode: 0o700 });
    // Outside of the kubeconfig's folder, where a plugin would be suspicious, and named as the real one.
    const command = join(this.#folder, 'plugins', 'aws');
    await writeFile(command, loginScript(this.#tokenFile));
    await chmod(command, 0o700);
    const login =
      (options.failingLogin ?? true) && this.#running.has(loginCluster) ? { cluster: loginCluster, command } : null;
    await writeFile(this.kubeconfigPath, fleetKubeconfig(this.clusters, login), { mode: 0o600 });
    await writeFile(this.adminKubeconfigPath, adminKubeconfig(this.clusters), { mode: 0o600 });
  }

  #find(name: string): Running {
    const found = this.#running.get(name);
    if (found === undefined)
      throw new Error(`the demo has no cluster ${name}; it has ${[...this.#running.keys()].join(', ')}`);
    return found;
  }

  /** Does what a fault says. */
  async fault(name: string, fault: Fault): Promise<void> {
    const { server, front, world } = this.#find(name);
    if (server.faults.turn(fault, server.cluster, server.authorizer)) return;
    switch (fault.type) {
      case 'latency':
      case 'slow-bytes':
      case 'status':
      case 'reset-stream':
        server.faults.stand(fault);
        return;
      case 'reset':
        front.reset();
        return;
      case 'goaway':
        front.goAway();
        return;
      case 'half-open':
        front.freeze();
        server.faults.stand(fault, () => front.thaw());
        return;
      case 'down':
        await front.close();
        server.faults.stand(fault, () => void front.listen());
        return;
      case 'garbage':
        for (const stream of server.running(fault.match)) stream.raw('{"type":"MODIFIED","object":{"kind":]]garbage\n');
        return;
      case 'truncate':
        for (const stream of server.running(fault.match)) stream.truncate();
        return;
      case 'watch-error':
        for (const stream of server.running(fault.match))
          stream.fail(fault.code, fault.reason, `fault of the demo: ${fault.reason}`);
        return;
      case 'end-watches':
        for (const stream of server.running(fault.match)) stream.end();
        return;
      case 'node-down': {
        if (world === null) throw new Error(`${name} is a generated cluster: its nodes do not change`);
        stopNode(world, fault.node, 1000);
        server.faults.stand(fault, () => startNode(world, fault.node));
        return;
      }
      case 'login': {
        const { ops } = this.#find(name).described.users;
        await writeFile(this.#tokenFile, ops.by === 'token' ? ops.token : '', { mode: 0o600 });
        return;
      }
      default:
        throw new Error(`the demo does not know the fault ${JSON.stringify(fault)}`);
    }
  }

  /** Takes back the standing faults of one type, or all of them. */
  clear(name: string, type?: Fault['type']): void {
    const { server, front } = this.#find(name);
    server.faults.clear(type);
    if (type === undefined || type === 'half-open') front.thaw();
  }

  usage(): DemoUsage {
    const { user, system } = process.cpuUsage();
    const { rss, heapUsed } = process.memoryUsage();
    let [requests, watches, connections] = [0, 0, 0];
    for (const { server, front } of this.#running.values()) {
      requests += server.counters.requests;
      watches += server.counters.watches;
      connections += front.connections;
    }
    const failures = [...this.#running.values()].flatMap((r) => r.world?.failures ?? []);
    return { cpuMs: (user + system) / 1000, rss, heapUsed, requests, watches, connections, failures };
  }

  /** Ends everything and removes what was written. */
  async stop(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#load?.stop();
    for (const { world } of this.#running.values()) world?.stop();
    await Promise.all([...this.#running.values()].map((r) => r.front.close()));
    await rm(this.#folder, { recursive: true, force: true });
  }
}
