// How a person renews credentials: shared by what derives it (kube) and what offers it (the screen, the commands).

/** What to run with the terminal lent to it, in which environment beside the program's own, and for whom. */
export type LoginCommand = {
  /** Program and arguments; never a shell line. */
  readonly command: readonly string[];
  /** Added to the environment. */
  readonly env: Readonly<Record<string, string>>;
  /** One line for the screen: `aws sso login --profile dev`. Sanitised. */
  readonly title: string;
  /**
   * Its stdout is a credential: it is captured, never shown, and handed back when it has ended. Its questions go to
   * stderr or the terminal itself. Absent: stdout belongs to the person.
   */
  readonly captures?: true;
};

/**
 * A program that a person is asked about before it runs for the first time, as it was when they looked: another file at
 * the same path is another program.
 */
export type ProgramConsent = {
  /** Absolute. As it is on disk: sanitised where it is shown. */
  readonly path: string;
  /** Hex. */
  readonly sha256: string;
};
