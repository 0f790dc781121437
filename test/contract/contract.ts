// Declares contract tests: the same for every server, run by test/contract and test/cluster.
import { afterAll, beforeAll, describe, test } from 'vitest';
import { type Difference, differences, printedDifferences, type ServerName } from './differences.ts';
import { createFixture, type Fixture } from './fixture.ts';
import type { ContractServer } from './server.ts';

export type ContractTest = (name: string, run: (fixture: Fixture) => Promise<void>) => void;

export type Suite = {
  readonly name: string;
  /** Its tests have nothing in common and mostly wait for controllers: they run at the same time. */
  readonly isConcurrent?: boolean;
  readonly declare: (contract: ContractTest) => void;
};

const used = new Set<Difference>();

/** Declares all suites for one server. `start` is called once, before the first test. */
export function declareContract(
  name: ServerName,
  suites: readonly Suite[],
  start: () => Promise<ContractServer>,
): void {
  describe(`contract: ${name}`, () => {
    let fixture: Fixture | null = null;
    beforeAll(async () => {
      process.stdout.write(`${printedDifferences(name)}\n`);
      fixture = await createFixture(await start());
    });
    afterAll(async () => {
      try {
        await fixture?.close();
      } finally {
        await fixture?.server.stop();
      }
      const stale = differences.filter((each) => each.server === name && !used.has(each));
      if (stale.length > 0)
        throw new Error(`in the table of differences, but no such test: ${stale.map((each) => each.test).join('; ')}`);
    });
    for (const suite of suites) {
      describe(`${suite.name}`, () => {
        suite.declare((title, run) => {
          const known = differences.find((each) => each.server === name && each.test === title);
          if (known !== undefined) used.add(known);
          const body = async (): Promise<void> => {
            if (fixture === null) throw new Error('the server did not start');
            await run(fixture);
          };
          const declare = known === undefined ? test : test.fails;
          declare(
            known === undefined ? title : `${title} [known difference]`,
            { timeout: 60_000, concurrent: suite.isConcurrent === true },
            body,
          );
        });
      });
    }
  });
}
