// Of several runs on a machine that is busy with other things, the middle one is what the program takes.

/** The middle value; of an even number of them the worse of the two. */
export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
